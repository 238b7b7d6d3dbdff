import { KNOWN_BUGS } from '../arguments/bug-names.ts';
import type { Context, OutputFormat } from '../context.ts';
import { json, table } from '../output/format.ts';

/** `limpet bugs`: lists the known bugs that `limpet check --bug` and `limpet conform --bug` can switch on. */
export function bugs(flags: { output: OutputFormat }, context: Context): void {
  const rows = KNOWN_BUGS.map(({ name, of, sentence, upstream }) => [name, of, sentence, upstream.join('; ')]);
  context.stdout(flags.output === 'json' ? json(KNOWN_BUGS) : table(['name', 'of', 'sentence', 'upstream'], rows));
}
