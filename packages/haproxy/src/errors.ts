/** Stable codes of {@link HaproxyError}. */
export type HaproxyErrorCode =
  | 'HAPROXY_CONFIG_SYNTAX'
  | 'HAPROXY_CONFIG_TOKEN'
  | 'HAPROXY_CLI_ARGUMENT'
  | 'HAPROXY_CLI_TRUNCATED'
  | 'HAPROXY_CLI_TIMEOUT'
  | 'HAPROXY_CLI_UNREACHABLE'
  | 'HAPROXY_UNEXPECTED_OUTPUT'
  | 'HAPROXY_START_FAILED'
  | 'HAPROXY_STOP_FAILED'
  | 'HAPROXY_NOT_RUNNING'
  | 'HAPROXY_NOT_RESPONDING'
  | 'HAPROXY_PROBE_FAILED'
  | 'HAPROXY_VERSION';

/** What this package throws. `code` is stable; `message` says what to do. */
export class HaproxyError extends Error {
  override readonly name = 'HaproxyError';
  readonly code: HaproxyErrorCode;

  constructor(code: HaproxyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
