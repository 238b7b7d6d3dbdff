import { listed } from '@limpet/contract';
import type { RouterSnapshot } from '@limpet/router';
import type { Source } from './desired-state.ts';

/**
 * What is desired as this router can have it: unless it is one of a pair, HAProxy cannot serve a databag's statistics page
 * on an address that is elsewhere now, and rules must not wait for it. The pages that are left out are among what is not
 * carried out.
 */
export function onThisRouter<S extends Source>(
  source: S,
  { bindsNonlocal, localAddresses }: Pick<RouterSnapshot, 'bindsNonlocal' | 'localAddresses'>,
): S {
  const { databag, settings } = source;
  const canWait = settings.pair !== undefined && bindsNonlocal;
  const isHere = ({ ip }: { ip: string }): boolean => databag === undefined || canWait || localAddresses.includes(ip);
  const notCarriedOut = [
    ...source.notCarriedOut,
    ...settings.statistics
      .filter((page) => !isHere(page))
      .map(
        ({ ip, port }) =>
          `${databag}: the statistics page on ${ip}:${port}: ${ip} is not an address of this router (its addresses: ${listed(localAddresses)}); apply again when it is`,
      ),
  ];
  return { ...source, notCarriedOut, settings: { ...settings, statistics: settings.statistics.filter(isHere) } };
}
