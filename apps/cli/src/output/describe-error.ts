/**
 * What the user sees of an error: `limpet: CODE: message`, a line for each problem.
 *
 * @param debug whether the stack follows
 */
export function describeError(error: unknown, debug: boolean): string {
  const code = codeOf(error);
  const messages = linesOf(error) ?? [error instanceof Error ? error.message : String(error)];
  const lines = messages
    .map((message) => `limpet: ${code}: ${withoutPrefix(message, code).replace(/\s*\n\s*/g, ' ')}\n`)
    .join('');
  return debug && error instanceof Error ? `${lines}${error.stack}\n` : lines;
}

/** Each problem of an error that has several. */
const linesOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Error && 'lines' in error && Array.isArray(error.lines) ? error.lines : undefined;

/** Removes how Commander ("error: ") and Node (the error's code) begin their messages. */
function withoutPrefix(message: string, code: string): string {
  const prefix = ['error: ', `${code}: `].find((each) => message.startsWith(each)) ?? '';
  return message.slice(prefix.length);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return 'INTERNAL';
  return code.startsWith('commander.') ? 'USAGE' : code;
}
