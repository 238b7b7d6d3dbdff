/**
 * An error in how `limpet` was called, or in its checkout.
 *
 * - `USAGE`: a wrong option, argument or file; the message names it and what to give instead.
 * - `CHECKOUT_NEEDED`: a command that needs Limpet's sources was called where there are none.
 * - `GENERATED_STALE`: `limpet generate --check` found a generated file that differs from its source.
 */
export class CliError extends Error {
  override name = 'CliError';
  readonly code: 'USAGE' | 'CHECKOUT_NEEDED' | 'GENERATED_STALE';

  constructor(code: CliError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
