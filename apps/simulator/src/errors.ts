/**
 * What can be wrong before a simulation starts, or while it runs.
 *
 * - `SCENARIO_INVALID`: the YAML, keys or values; each line is one problem with its position and key.
 * - `SCENARIO_NOT_FOUND`: no shipped scenario and no file of that name; the message lists the shipped ones.
 * - `TRACE_INVALID`, `TRACE_NOT_FOUND`: the counterexample given with `--replay`; the message names the field.
 * - `DATABAG_INVALID`, `DATABAG_NOT_FOUND`: the file given with `--from`.
 * - `ADDRESS_NOT_LOCAL`: a rule on an address that the router does not have.
 * - `PORT_IN_USE`: two rules on one address and port, or a port of the router itself.
 * - `OPERATION_REFUSED`: the cloud forbids the operation in the group's state.
 * - `ROUTER_REFUSED`: the router did not accept the rules that the scenario starts with.
 */
export type SimulatorErrorCode =
  | 'SCENARIO_INVALID'
  | 'SCENARIO_NOT_FOUND'
  | 'TRACE_INVALID'
  | 'TRACE_NOT_FOUND'
  | 'DATABAG_INVALID'
  | 'DATABAG_NOT_FOUND'
  | 'ADDRESS_NOT_LOCAL'
  | 'PORT_IN_USE'
  | 'OPERATION_REFUSED'
  | 'ROUTER_REFUSED';

/** An error for the user. Each line of the message is complete, and names the field or the remedy. */
export class SimulatorError extends Error {
  override name = 'SimulatorError';
  readonly code: SimulatorErrorCode;
  /** All problems, one a line. */
  readonly lines: readonly string[];

  constructor(code: SimulatorErrorCode, message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options);
    this.code = code;
    this.lines = lines;
  }
}
