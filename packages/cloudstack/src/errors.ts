/**
 * Why a databag was refused:
 * - `CLOUDSTACK_DATABAG_NOT_JSON`: the text is no JSON at all;
 * - `CLOUDSTACK_DATABAG_SHAPE`: JSON, but not a load balancer databag;
 * - `CLOUDSTACK_CONFIG_SYNTAX`: a configuration line that CloudStack does not write;
 * - `CLOUDSTACK_CONFIG_UNSUPPORTED`: a line that CloudStack writes for a feature that a rule record cannot say;
 * - `CLOUDSTACK_CONFIG_INCONSISTENT`: lines that contradict each other, or miss one;
 * - `CLOUDSTACK_PARAMETER`: a parameter of a stickiness policy; the place is its name, or `methodname`.
 */
export type CloudStackErrorCode =
  | 'CLOUDSTACK_DATABAG_NOT_JSON'
  | 'CLOUDSTACK_DATABAG_SHAPE'
  | 'CLOUDSTACK_CONFIG_SYNTAX'
  | 'CLOUDSTACK_CONFIG_UNSUPPORTED'
  | 'CLOUDSTACK_CONFIG_INCONSISTENT'
  | 'CLOUDSTACK_PARAMETER';

/** Refused input from CloudStack. The message starts with the place, e.g. `rules[0].configuration[17]: ...`. */
export class CloudStackError extends Error {
  override readonly name = 'CloudStackError';
  readonly code: CloudStackErrorCode;
  /** Where in the input, e.g. `rules[0].configuration[17]`. */
  readonly place: string;

  constructor(code: CloudStackErrorCode, place: string, problem: string, options?: ErrorOptions) {
    super(`${place}: ${problem}`, options);
    this.code = code;
    this.place = place;
  }
}
