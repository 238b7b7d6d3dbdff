/**
 * Stable codes of {@link DataPlaneError}.
 *
 * - `ROUTER_FILE_UNUSABLE`: the path is no regular file, or the file is too long.
 * - `STATE_UNREADABLE`: the store is torn, changed, of a newer version, or cannot be opened; nothing was written to it.
 * - `STATE_NOT_STORED`: the disk is full, takes no writes, or another process writes; the store is as it was.
 */
export type DataPlaneErrorCode = 'ROUTER_FILE_UNUSABLE' | 'STATE_UNREADABLE' | 'STATE_NOT_STORED';

/** An error of a data plane itself. HAProxy's and iptables' errors are those of their own packages. */
export class DataPlaneError extends Error {
  override readonly name = 'DataPlaneError';
  readonly code: DataPlaneErrorCode;

  constructor(code: DataPlaneErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
