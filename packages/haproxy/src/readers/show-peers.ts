import { linesOf, unexpected } from './unexpected.ts';

/** A peer in a peers section. */
export interface Peer {
  name: string;
  local: boolean;
  active: boolean;
  address: string;
  /** `NONE`, `ESTA`, `CONN` ... */
  lastStatus: string;
}

/** A peers section of `show peers`. */
export interface PeersSection {
  name: string;
  disabled: boolean;
  /** PEERS_F_* of include/haproxy/peers-t.h. */
  flags: number;
  peers: Peer[];
}

/** 2.2 has `state` in place of `disabled`: 4 is PR_STSTOPPED (include/haproxy/proxy-t.h). */
const sectionRow = /^0x[0-9a-f]+: \[[^\]]*\] id=(\S+) (disabled=\d|state=\d) flags=(0x[0-9a-f]+) /;
const off: ReadonlySet<string> = new Set(['disabled=1', 'state=4']);
/** 2.2 says `status`, and nothing of its session. */
const peerRow =
  /^\s+0x[0-9a-f]+: id=(\S+)\((local|remote)(?:,(active|inactive))?\) addr=(\S+) (?:\S+_state=\S+ )*(?:last_)?status=(\S+)/;

/**
 * Reads `show peers`.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowPeers(text: string): PeersSection[] {
  const sections: PeersSection[] = [];
  for (const line of linesOf(text)) {
    const head = sectionRow.exec(line);
    if (head) {
      sections.push({ name: head[1]!, disabled: off.has(head[2]!), flags: Number.parseInt(head[3]!, 16), peers: [] });
      continue;
    }
    const section = sections.at(-1);
    if (!section) throw unexpected('show peers', line);
    const peer = peerRow.exec(line);
    if (!peer) continue;
    const [name, side, activity, address, lastStatus] = peer.slice(1) as [string, string, string, string, string];
    section.peers.push({ name, local: side === 'local', active: activity !== 'inactive', address, lastStatus });
  }
  return sections;
}

/** Whether the peer is connected now; its last status alone may be that of a session which has ended. */
export const isPeerConnected = ({ active, lastStatus }: Peer): boolean => active && lastStatus === 'ESTA';

/** PEERS_F_RESYNC_LOCAL and PEERS_F_RESYNC_REMOTE: taught by the old worker, and by the other peers (or given up on). */
const resyncBits = 0x3;

/**
 * True when every peers section has all that it will get: a reload before that loses the stick tables. False without
 * any section, since then no reload keeps them.
 */
export function resyncFinished(sections: readonly PeersSection[]): boolean {
  return sections.length > 0 && sections.every(({ flags }) => (flags & resyncBits) === resyncBits);
}
