import type { ListenProxy } from './proxy.ts';
import type { Server } from './server.ts';

/** Who connects: an address of a client, and over which of the proxy's listeners (`luid`, from 1). */
export interface Peer {
  ip: string;
  port: number;
  listener: number;
  /** Came over a unix socket, with its address claimed by a PROXY header. */
  unix: boolean;
}

/** An accepted connection. In tcp mode it keeps its server; in http mode each request is given to one anew. */
export interface Connection {
  pointer: string;
  proxy: ListenProxy;
  peer: Peer;
  /** Undefined between the requests of an http connection. */
  server: Server | undefined;
  /** The VM at the other end. */
  vm: string | undefined;
  openedAt: number;
  activeAt: number;
  closed: boolean;
}
