/** Stable codes of {@link DataPlaneError}. */
export type DataPlaneErrorCode = 'ROUTER_FILE_UNUSABLE';

/** What a data plane throws by itself; HAProxy's and iptables' errors come as the libraries throw them. */
export class DataPlaneError extends Error {
  override readonly name = 'DataPlaneError';
  readonly code: DataPlaneErrorCode;

  constructor(code: DataPlaneErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
