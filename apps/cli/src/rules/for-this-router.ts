import { onThisRouter, type Source } from '@limpet/operations';
import type { RouterSnapshot } from '@limpet/router';
import type { Context } from '../context.ts';

/** What is desired as this router can have it. Says on stderr what is not carried out, a line each. */
export function forThisRouter<S extends Source>(
  read: S,
  router: Pick<RouterSnapshot, 'bindsNonlocal' | 'localAddresses'>,
  { stderr }: Pick<Context, 'stderr'>,
): S {
  const source = onThisRouter(read, router);
  for (const line of source.notCarriedOut) stderr.write(`not carried out: ${line}\n`);
  return source;
}
