/** Stable codes of {@link ConformanceError}. */
export type ConformanceErrorCode =
  | 'CONFORMANCE_BINDING'
  | 'CONFORMANCE_BUG_UNKNOWN'
  | 'CONFORMANCE_REPLAY_INVALID'
  | 'CONFORMANCE_STEP_IMPOSSIBLE';

/** What the path tests throw when they, and not the router, are wrong. `code` is stable; `message` says what to do. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';
  readonly code: ConformanceErrorCode;

  constructor(code: ConformanceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
