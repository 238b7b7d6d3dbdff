import type { HaproxySettings } from '@limpet/contract';
import { selfAndOther } from '../config/pair.ts';
import type { ChainListener } from './chain-rules.ts';

/** A listener that no rule asks for. */
export interface OwnListener extends ChainListener {
  /** What it is, in words. */
  readonly what: string;
}

/** The settings that give a router listeners of its own. */
export type OwnListenerSettings = Pick<HaproxySettings, 'pair' | 'peersPort' | 'statistics'>;

/**
 * The router's own listeners beyond the loopback interface. The peers protocol authenticates nobody, so that only the
 * routers of the pair may speak it: the other one, and this one, whose workers hand tables to each other over its own
 * address. (The kernel takes no packet from outside that claims to come from one of its own addresses.)
 */
export function ownListeners({ pair, peersPort, statistics }: OwnListenerSettings): OwnListener[] {
  const pages = statistics.map((page) => ({ ...page, what: 'the statistics page' }));
  if (!pair) return pages;
  const { ip } = selfAndOther(pair).self;
  const cidrs = pair.peers.map((peer) => `${peer.ip}/32`);
  return [{ ip, port: peersPort, cidrs, what: 'the peers of the pair' }, ...pages];
}
