/**
 * An error of the inspector outside of its page.
 *
 * - `INSPECTOR_BUILD_FAILED`: the page could not be built, and the message has what the builder said; or it is not beside a bundle.
 * - `INSPECTOR_PORT_TAKEN`: another program listens on the port that was asked for.
 * - `INSPECTOR_FILE_UNKNOWN`: the file is none that the inspector can show; the message names those that it can.
 */
export class InspectorError extends Error {
  override name = 'InspectorError';
  readonly code: 'INSPECTOR_BUILD_FAILED' | 'INSPECTOR_PORT_TAKEN' | 'INSPECTOR_FILE_UNKNOWN';

  constructor(code: InspectorError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
