import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * `limpet generate`: writes the files that are generated from the statecharts, or checks that they are fresh.
 *
 * @throws CliError `GENERATED_STALE`
 */
export async function generate(flags: { check?: boolean }, context: Context): Promise<void> {
  // Imported here, because loading ts-morph takes seconds that no other command should pay.
  const { checkGenerated, writeGenerated } = await import('@limpet/codegen');
  if (flags.check) {
    const stale = await checkGenerated(root);
    if (stale.length === 0) return context.stdout('all generated files are fresh\n');
    for (const { path, difference } of stale) context.stderr.write(`${path}\n${difference}\n`);
    const files = stale.map(({ path }) => path).join(', ');
    throw new CliError('GENERATED_STALE', `${files}: stale; run: npx limpet generate`);
  }
  for (const { path } of await writeGenerated(root)) context.stdout(`${path}\n`);
}
