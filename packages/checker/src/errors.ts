const codes = [
  'CHECKER_BAD_MODEL',
  'CHECKER_BAD_OPTION',
  'CHECKER_NOT_DETERMINISTIC',
  'CHECKER_OUT_OF_MEMORY',
  'CHECKER_STATE_NOT_REACHED',
  'CHECKER_THREAD_FAILED',
  'CHECKER_TOO_MANY_SUCCESSORS',
] as const;

/** An exploration that cannot go on, or was asked for wrongly. The message says what to change. */
export class CheckerError extends Error {
  override readonly name = 'CheckerError';
  readonly code: (typeof codes)[number];

  constructor(code: CheckerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** True for one of the codes of `CheckerError`. */
export const isCheckerCode = (code: unknown): code is CheckerError['code'] =>
  (codes as readonly unknown[]).includes(code);
