/** Stable codes of {@link MonitorError}. */
export type MonitorErrorCode = 'TRACE_MALFORMED' | 'MONITOR_TOO_LARGE';

/** What the monitor throws when it cannot follow a trace; that a trace is wrong is an alarm, not an error. */
export class MonitorError extends Error {
  override readonly name = 'MonitorError';
  readonly code: MonitorErrorCode;

  constructor(code: MonitorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
