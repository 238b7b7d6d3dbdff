import { onThisRouter, type Source } from '@limpet/operations';
import type { RouterSnapshot } from '@limpet/router';
import type { Context } from '../context.ts';

/** What is desired as this router can have it. Says on stderr what is not carried out, a line each. */
export function forThisRouter<S extends Source>(
  read: S,
  router: Pick<RouterSnapshot, 'bindsNonlocal' | 'localAddresses'>,
  context: Pick<Context, 'stderr'>,
): S {
  const source = onThisRouter(read, router);
  tellNotCarriedOut(source.notCarriedOut, context);
  return source;
}

/** Says on stderr what is not carried out, a line each. */
export function tellNotCarriedOut(lines: readonly string[], { stderr }: Pick<Context, 'stderr'>): void {
  for (const line of lines) stderr.write(`not carried out: ${line}\n`);
}
