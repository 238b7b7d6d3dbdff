/** An exploration that cannot go on, or was asked for wrongly. The message says what to change. */
export class CheckerError extends Error {
  override readonly name = 'CheckerError';
  readonly code:
    | 'CHECKER_BAD_MODEL'
    | 'CHECKER_BAD_OPTION'
    | 'CHECKER_OUT_OF_MEMORY'
    | 'CHECKER_STATE_NOT_REACHED'
    | 'CHECKER_THREAD_FAILED';

  constructor(code: CheckerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
