import type { Size } from './router-options.ts';

/** Only the router's own probes connect. */
export const maxConnections = 200;
/** Sockets, pipes and files of HAProxy's own. */
const ownDescriptors = 600;
/** A rule's two listeners. */
const listeners = 2;

/**
 * The size, with no more members than HAProxy has file descriptors for: it reserves two for a connection, and one for
 * each health check, and does not start without them.
 */
export function fitted({ rules, members }: Size, hardLimit: number): Size {
  const room = Math.floor((hardLimit - ownDescriptors - 2 * maxConnections) / rules) - listeners;
  return { rules, members: Math.max(1, Math.min(members, room)) };
}
