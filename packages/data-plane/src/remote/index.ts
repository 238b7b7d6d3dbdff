/**
 * A data plane that a router in another process uses, over a channel between the two.
 *
 * @module
 */
export type { Channel } from './protocol.ts';
export { type RemoteHost, remoteDataPlane } from './remote-data-plane.ts';
export { type ServedDataPlane, serveDataPlane } from './serve-data-plane.ts';
