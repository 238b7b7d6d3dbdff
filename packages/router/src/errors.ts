/** Stable codes of {@link RouterError}. */
export type RouterErrorCode =
  | 'ROUTER_COMMAND_REFUSED'
  | 'ROUTER_CONFIG_REJECTED'
  | 'ROUTER_NOT_IN_FORCE'
  | 'ROUTER_RELOAD_FAILED'
  | 'ROUTER_RESYNC_TIMEOUT'
  | 'ROUTER_SETTINGS_INVALID'
  | 'ROUTER_STATE_UNREADABLE'
  | 'ROUTER_LOCKED'
  | 'ROUTER_CLOSED';

/** An error of a router. `code` is stable; `message` says what to do. */
export class RouterError extends Error {
  override readonly name = 'RouterError';
  readonly code: RouterErrorCode;

  constructor(code: RouterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
