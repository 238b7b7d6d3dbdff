/** What the exit code of `limpet` says. A contract: scripts read it. */
export const exitCodes = {
  /** Done; of a simulation: all changes are in force and nobody was disturbed. */
  done: 0,
  /** An error: one line on stderr, and nothing was started. */
  error: 1,
  /**
   * The check ran, and something does not hold; `plan` and `diff`: a rule would be refused. The same as an error: a script
   * that expects it to hold stops.
   */
  doesNotHold: 1,
  /** The simulation ran, and found changes not in force, clients moved or connections failed. */
  found: 2,
  /** `plan` and `diff`: there is something to do; `apply`: it was done, and is in force. As `terraform plan -detailed-exitcode`. */
  changes: 2,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;
