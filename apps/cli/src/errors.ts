/** An error in how `limpet` was called. */
export class CliError extends Error {
  override name = 'CliError';
  readonly code: 'USAGE' | 'GENERATED_STALE';

  constructor(code: CliError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The one line that the user sees: `limpet: CODE: message`; with the stack when asked for. */
export function describeError(error: unknown, debug: boolean): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const line = `limpet: ${code}: ${message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')}\n`;
  return debug && error instanceof Error ? `${line}${error.stack}\n` : line;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return 'INTERNAL';
  return code.startsWith('commander.') ? 'USAGE' : code;
}
