/** How many problems are told: a file of thousands of rules with one mistake in each is put right by its first lines. */
const mostProblems = 20;

/**
 * What the user sees of an error: `limpet: CODE: message`, a line for each problem, and the number of those that are left
 * out.
 *
 * @param debug whether nothing is left out, and the stack follows
 */
export function describeError(error: unknown, debug: boolean): string {
  const code = codeOf(error);
  const messages = linesOf(error) ?? [error instanceof Error ? error.message : String(error)];
  const told = debug ? messages : messages.slice(0, mostProblems);
  const left = messages.length - told.length;
  const more =
    left > 0 ? `limpet: ${code}: ${left} more ${left === 1 ? 'problem is' : 'problems are'} not shown\n` : '';
  const lines = told
    .map((message) => `limpet: ${code}: ${withoutPrefix(message, code).replace(/\s*\n\s*/g, ' ')}\n`)
    .join('');
  return debug && error instanceof Error ? `${lines}${error.stack}\n` : `${lines}${more}`;
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
