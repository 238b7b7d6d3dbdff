/** Signals that a box passes on to its command. */
export const boxSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What the opener of a box sends to its init: a signal that it got itself. */
export type BoxSignal = (typeof boxSignals)[number];

/** What init sends to the opener at its end: the command's exit code, or why the command has not been started. */
export type InitReport = { code: number } | { failure: string };
