import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** Answers a request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** The API where clients reach it. */
export interface ApiServer {
  /** Takes no more requests, and resolves when those that wait are answered. */
  close(): Promise<void>;
}

/**
 * Node's own limits are too lax for clients that mean harm: none on connections, 60 s for headers, 300 s for a body, 120 s
 * for a TLS handshake, and all but the last are looked at every 30 s only.
 */
export const timeLimits = { connectionsCheckingInterval: 1_000, handshakeTimeout: 10_000 };
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** Connections of one server; of a unix socket also those that wait, where Node has 511 and a client more gets EAGAIN. */
export const mostConnections = 2048;

/** Of a request that names no host, as those of HTTP/1.0 do: HAProxy's own health checks are such. */
export const hostname = 'limpet';

/** Sets limits that clients who mean harm cannot exhaust the process within. */
export function limit(server: Server, most = mostConnections): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = most;
  makeRoom(server, most - 1);
}

/** When all connections are taken, the one goes that has been without a request for longest: others keep nobody out. */
function makeRoom(server: Server, most: number): void {
  const open = new Set<Socket>();
  const without = new Map<unknown, Socket>();
  // TLS has a socket of its own for a connection; both have the client's address.
  const nameOf = (socket: Socket): unknown =>
    socket.remotePort === undefined ? socket : `${socket.remoteAddress} ${socket.remotePort}`;
  server.on('connection', (socket) => {
    const name = nameOf(socket);
    const gone = (): void => {
      open.delete(socket);
      without.delete(name);
    };
    open.add(socket.once('close', gone));
    without.set(name, socket);
    const [oldest] = without.values();
    if (open.size > most && oldest !== socket) oldest?.destroy();
  });
  server.on('request', ({ socket }, answer) => {
    const name = nameOf(socket);
    const raw = without.get(name);
    without.delete(name);
    answer.once('close', () => {
      if (raw !== undefined && open.has(raw)) without.set(name, raw);
    });
  });
}

/** Closes a server: requests that wait get their answers, and streams a second to end. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  // The last answers may still be on their way into their sockets.
  await setImmediate();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(cut);
}
