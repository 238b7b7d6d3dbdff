/** What an exit code says: one line for each of its meanings. */
type Meaning = string | readonly string[];

/** What the exit codes of one command mean. Every command also exits with 1 after an error, which need not be said here. */
export interface ExitCodeMeanings {
  0: Meaning;
  1?: Meaning;
  2?: Meaning;
  130?: Meaning;
}

/** The meaning of 130 for a command that ends at once at Ctrl-C. */
export const INTERRUPTED = 'interrupted by Ctrl-C';

const ERROR = 'an error; stderr says what to do (LIMPET_DEBUG=1 adds the stack)';

/** The text that ends a command's help: each exit code that the command has, and what it means. */
export function exitCodesHelp(meanings: ExitCodeMeanings): string {
  const all = { ...meanings, 1: [meanings[1] ?? [], ERROR].flat() };
  const lines = Object.entries(all).flatMap(([code, meaning]) =>
    [meaning].flat().map((line, at) => `  ${(at === 0 ? code : '').padEnd(4)} ${line}\n`),
  );
  return `\nExit codes:\n${lines.join('')}`;
}
