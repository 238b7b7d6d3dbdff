/** An error in how `limpet` was called. */
export class CliError extends Error {
  override name = 'CliError';
  readonly code: 'USAGE' | 'GENERATED_STALE';

  constructor(code: CliError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
