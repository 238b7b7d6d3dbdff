/** The exit codes of `limpet`. They are a contract: scripts read them. Each command's help says which of them it has. */
export const exitCodes = {
  /** Done. After a simulation: all changes are in force, no client was moved and no connection failed. */
  done: 0,
  /** An error, which one line on stderr describes. */
  error: 1,
  /**
   * A check ran, and something does not hold. After `plan` and `diff`: a rule would be refused. It is the code of an error,
   * so that a script that expects the check to hold stops.
   */
  doesNotHold: 1,
  /**
   * A simulation found changes not in force, clients moved or connections failed; `verify` or `status` found a rule not
   * in force.
   */
  found: 2,
  /**
   * `plan` and `diff`: there is something to change. `apply`: it changed the router. As `terraform plan
   * -detailed-exitcode`.
   */
  changes: 2,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;
