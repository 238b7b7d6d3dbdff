import { listed } from '@limpet/contract';
import type { RouterSnapshot } from '@limpet/router';
import type { Source } from './desired-state.ts';

/**
 * What is desired, with what this router does not carry out of it now: a statistics page waits while its address is elsewhere. On a
 * router of a pair that is as it should be.
 */
export function onThisRouter<S extends Source>(
  source: S,
  { bindsNonlocal, localAddresses }: Pick<RouterSnapshot, 'bindsNonlocal' | 'localAddresses'>,
): S {
  const { databag, notCarriedOut, settings } = source;
  if (settings.pair !== undefined && bindsNonlocal) return source;
  const waiting = settings.statistics.flatMap(({ ip, port }, at) => {
    if (localAddresses.includes(ip)) return [];
    const page =
      databag === undefined ? `settings.statistics[${at}].ip` : `${databag}: the statistics page on ${ip}:${port}`;
    return `${page}: ${ip} is not an address of this router (its addresses: ${listed(localAddresses)}); nobody reaches the page until it is`;
  });
  // A saved plan has those that were waiting when it was made.
  return { ...source, notCarriedOut: [...new Set([...notCarriedOut, ...waiting])] };
}
