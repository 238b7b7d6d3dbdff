import { fileURLToPath } from 'node:url';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** `limpet generate`: writes what is generated from the statecharts, or checks that it is fresh. */
export async function generate(flags: { check?: boolean }, context: Context): Promise<void> {
  // ts-morph costs two seconds: only those pay who generate.
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
