/** Input that is not what the contract says. The message names the field, what was expected and what was there. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code = 'CONTRACT_INVALID';
  /** The field, such as `putRule.rule.members[3].ip`. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}
