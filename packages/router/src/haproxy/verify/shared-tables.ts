import type { HaproxySettings } from '@limpet/contract';
import type { Haproxy } from '@limpet/data-plane';
import { isPeerConnected, readShowPeers } from '@limpet/haproxy';
import { peersName } from '../config/names.ts';
import { selfAndOther } from '../config/pair.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';

/** By rule id, why its stick table is not shared with the other router of the pair now, in words. */
export type UnsharedTables = ReadonlyMap<string, string>;

/** Looks whether HAProxy is connected to the other router of the pair; of a router that stands alone nothing is said. */
export async function readUnsharedTables(
  haproxy: Pick<Haproxy, 'runtime'>,
  specs: readonly ProxySpec[],
  { pair }: Pick<HaproxySettings, 'pair'>,
): Promise<UnsharedTables> {
  if (!pair) return new Map();
  const { name, ip } = selfAndOther(pair).other;
  const [answer = ''] = await haproxy.runtime([`show peers ${peersName}`]);
  const peers = readShowPeers(answer).flatMap((section) => section.peers);
  if (peers.some((peer) => peer.name === name && isPeerConnected(peer))) return new Map();
  const why = `${name} (${ip}) is not connected as a peer: it does not learn the sticky clients of the rule`;
  return new Map(specs.filter(hasTable).map(({ id }) => [id, why]));
}

const hasTable = ({ rule }: ProxySpec): boolean =>
  rule.stickiness.method === 'SourceBased' || rule.stickiness.method === 'AppCookie';
