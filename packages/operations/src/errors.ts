/**
 * Codes of the errors of commands on rules and the router of this machine.
 *
 * - `RULES_INVALID`: the rules file is invalid; each line is one problem with its position and field.
 * - `FILE_NOT_READABLE`: no such file, or no permission to read it.
 * - `DATABAG_INVALID`: the file given with `--from` is not a valid databag.
 * - `PLAN_INVALID`: the saved plan was not written by Limpet, or was edited.
 * - `PLAN_STALE`: the router has changed since the plan was made.
 * - `FILE_NOT_WRITABLE`: the plan cannot be saved there.
 * - `NO_PERMISSION`: the router's directory belongs to another user; the message has the remedy.
 * - `DIR_TOO_LONG`: the path of the router's directory leaves no room for its sockets' names.
 * - `DIR_UNUSABLE`: that path has characters that HAProxy's configuration does not take.
 * - `NOT_RESPONDING`: HAProxy hangs; the message names its processes.
 * - `NO_ROUTER`: no rules were applied in the directory.
 * - `NOT_IN_FORCE`: the rules were applied, and some were refused or are not in force.
 */
export type RulesErrorCode =
  | 'RULES_INVALID'
  | 'FILE_NOT_READABLE'
  | 'DATABAG_INVALID'
  | 'PLAN_INVALID'
  | 'PLAN_STALE'
  | 'FILE_NOT_WRITABLE'
  | 'NO_PERMISSION'
  | 'DIR_TOO_LONG'
  | 'DIR_UNUSABLE'
  | 'NOT_RESPONDING'
  | 'NO_ROUTER'
  | 'NOT_IN_FORCE';

/** An error for the operator. Each line of the message is complete, and names the field or the remedy. */
export class RulesError extends Error {
  override readonly name = 'RulesError';
  readonly code: RulesErrorCode;
  /** All problems, one a line. */
  readonly lines: readonly string[];

  constructor(code: RulesErrorCode, lines: readonly string[], options?: ErrorOptions) {
    super(lines.join('\n'), options);
    this.code = code;
    this.lines = lines;
  }
}
