import type { Server } from 'node:http';
import { setImmediate } from 'node:timers/promises';

/** Answers a request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** The API where clients reach it. */
export interface ApiServer {
  /** Takes no more requests, and resolves when those that wait are answered. */
  close(): Promise<void>;
}

/** Node's own limits are too lax for clients that mean harm: none on connections, 60 s for headers, 300 s for a body. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
const mostConnections = 1024;

/** Sets limits that clients who mean harm cannot exhaust the process within. */
export function limit(server: Server): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = mostConnections;
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
