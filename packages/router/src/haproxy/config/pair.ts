import type { HaproxySettings, PairRouter, RedundantPair } from '@limpet/contract';
import type { Word } from '@limpet/haproxy';
import { peersName } from './names.ts';

/** Where workers hand their tables over when the router is none of a pair. */
export const loopback = '127.0.0.1';

type Lines = readonly (readonly Word[])[];
type PeerSettings = Pick<HaproxySettings, 'pair' | 'peersPort'>;

/** The routers of a pair, as one of them sees them. */
export interface SelfAndOther {
  self: PairRouter;
  other: PairRouter;
}

/** The two routers of a pair that {@link pairProblem} has nothing against. */
export function selfAndOther({ self, peers }: RedundantPair): SelfAndOther {
  const isSelf = ({ name }: PairRouter): boolean => name === self;
  return { self: peers.find(isSelf)!, other: peers.find((peer) => !isSelf(peer))! };
}

/** What is wrong with a pair, beginning with the field, as `peers: ...`; undefined: nothing. */
export function pairProblem({ self, peers }: RedundantPair): string | undefined {
  if (peers.length !== 2) return `peers: expected two routers, this one and the other, got ${peers.length}`;
  const names = peers.map(({ name }) => name);
  if (!names.includes(self))
    return `self: expected the name of one of the peers (${names.join(' or ')}), got "${self}"`;
  return peers[0]!.ip === peers[1]!.ip ? `peers: ${peers[0]!.ip} is the address of both` : undefined;
}

/** The name of this router as a peer. The peers protocol knows routers by their names, so that those of a pair differ. */
export const localPeerName = ({ pair }: Pick<HaproxySettings, 'pair'>): string => pair?.self ?? peersName;

/**
 * The lines of the peers section. A worker hands its tables to the next one over the local peer's address, and all that
 * it learns to the other router of the pair.
 */
export function peersLines({ pair, peersPort }: PeerSettings): Lines {
  const peers = pair?.peers ?? [{ name: peersName, ip: loopback }];
  return peers.map(({ name, ip }) => ['peer', name, `${ip}:${peersPort}`]);
}
