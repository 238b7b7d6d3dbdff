/**
 * What can be wrong before the machine is touched.
 *
 * - `RULES_INVALID`: the rules file; one problem a line, each with its place and the field.
 * - `FILE_NOT_READABLE`: no such file, or no permission to read it.
 * - `DATABAG_INVALID`: the file given with `--from`.
 * - `PLAN_INVALID`: a saved plan that Limpet did not write.
 * - `PLAN_STALE`: what the plan was made for is not there any more.
 * - `FILE_NOT_WRITABLE`: the plan cannot be saved there.
 * - `NO_PERMISSION`: the router's directory is somebody else's; the message has the remedy.
 * - `NOT_RESPONDING`: HAProxy hangs; the message names its processes.
 * - `NO_ROUTER`: nobody has applied rules in the directory.
 * - `NOT_IN_FORCE`: the rules were applied, and some are refused or not in force.
 */
export type RulesErrorCode =
  | 'RULES_INVALID'
  | 'FILE_NOT_READABLE'
  | 'DATABAG_INVALID'
  | 'PLAN_INVALID'
  | 'PLAN_STALE'
  | 'FILE_NOT_WRITABLE'
  | 'NO_PERMISSION'
  | 'NOT_RESPONDING'
  | 'NO_ROUTER'
  | 'NOT_IN_FORCE';

/** An error for the operator: each line of the message stands for itself, and names the field or the remedy. */
export class RulesError extends Error {
  override readonly name = 'RulesError';
  readonly code: RulesErrorCode;
  /** Everything that is wrong, a line each. */
  readonly lines: readonly string[];

  constructor(code: RulesErrorCode, lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
    this.code = code;
    this.lines = lines;
  }
}
