import { listed } from '@limpet/contract';
import type { RouterSnapshot } from '@limpet/router';
import type { Source } from './desired-state.ts';

/**
 * What is desired as this router can have it. A statistics page on an address that is elsewhere now is among what is not carried
 * out, unless the router is one of a pair. One of a databag is left out; the settings of a rules file stay as the operator wrote them.
 */
export function onThisRouter<S extends Source>(
  source: S,
  { bindsNonlocal, localAddresses }: Pick<RouterSnapshot, 'bindsNonlocal' | 'localAddresses'>,
): S {
  const { databag, settings } = source;
  const canWait = settings.pair !== undefined && bindsNonlocal;
  const isHere = ({ ip }: { ip: string }): boolean => canWait || localAddresses.includes(ip);
  const notCarriedOut = settings.statistics.flatMap((page, at) => {
    if (isHere(page)) return [];
    const isElsewhere = `${page.ip} is not an address of this router (its addresses: ${listed(localAddresses)})`;
    return databag === undefined
      ? `settings.statistics[${at}].ip: ${isElsewhere}; nobody reaches the page until it is`
      : `${databag}: the statistics page on ${page.ip}:${page.port}: ${isElsewhere}; apply again when it is`;
  });
  const statistics = databag === undefined ? settings.statistics : settings.statistics.filter(isHere);
  return {
    ...source,
    notCarriedOut: [...source.notCarriedOut, ...notCarriedOut],
    settings: { ...settings, statistics },
  };
}
