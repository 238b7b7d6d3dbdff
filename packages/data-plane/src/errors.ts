/** Stable codes of {@link DataPlaneError}. */
export type DataPlaneErrorCode = 'ROUTER_FILE_UNUSABLE';

/** An error of a data plane itself. HAProxy's and iptables' errors are those of their own packages. */
export class DataPlaneError extends Error {
  override readonly name = 'DataPlaneError';
  readonly code: DataPlaneErrorCode;

  constructor(code: DataPlaneErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
