/** What can go wrong in the lab, as stable codes. */
export type LabErrorCode =
  | 'LAB_NO_NAMESPACES'
  | 'LAB_MISSING_TOOL'
  | 'LAB_NOT_IN_BOX'
  | 'LAB_BAD_ADDRESS'
  | 'LAB_BAD_PORT'
  | 'LAB_BAD_NAME'
  | 'LAB_BAD_TIMEOUT'
  | 'LAB_ADDRESS_IN_USE'
  | 'LAB_SETUP_FAILED'
  | 'LAB_HOST_DIED';

/** An error of the lab. The message says what to do; `code` is stable. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}
