/** Stable codes of {@link ConformanceError}. */
export type ConformanceErrorCode =
  | 'CONFORMANCE_BINDING'
  | 'CONFORMANCE_BUG_UNKNOWN'
  | 'CONFORMANCE_REPLAY_INVALID'
  | 'CONFORMANCE_STEP_IMPOSSIBLE';

/** An error of the tests, not of the router under test. `code` is stable; `message` says what to do. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
  readonly code: ConformanceErrorCode;

  constructor(code: ConformanceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
