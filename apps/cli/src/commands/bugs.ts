import { BUGS } from '@limpet/model';
import { json, table } from '../output.ts';
import type { Context, OutputFormat } from '../program.ts';

/** `limpet bugs`: the real bugs that `limpet check --bug` can switch on. */
export function bugs(flags: { output: OutputFormat }, context: Context): void {
  const list = BUGS.map(({ name, upstream, sentence }) => ({ name, upstream, sentence }));
  const rows = list.map(({ name, upstream, sentence }) => [name, sentence, upstream.join('; ')]);
  context.stdout(flags.output === 'json' ? json(list) : table(['name', 'sentence', 'upstream'], rows));
}
