import { chmod, mkdir, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { AgentError } from '../errors.ts';

/** The API on a unix socket. */
export interface ApiServer {
  /** Takes no more requests, and resolves when those that wait are answered. */
  close(): Promise<void>;
}

/** Node's own limits are too lax for clients that mean harm: none on connections, 60 s for headers, 300 s for a body. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
const mostConnections = 1024;

/** Owner and group may connect. */
const ownerAndGroup = 0o660;

/**
 * Serves on a unix socket, for its owner and group.
 *
 * @throws AgentError `AGENT_SOCKET_UNUSABLE`
 */
export async function serve(
  fetch: (request: Request) => Response | Promise<Response>,
  path: string,
): Promise<ApiServer> {
  await removeStale(path);
  const server = createAdaptorServer({ fetch }) as Server;
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = mostConnections;
  try {
    await mkdir(dirname(path), { recursive: true });
    await listen(server, path);
    await chmod(path, ownerAndGroup);
  } catch (cause) {
    const said = (cause as Error).message;
    throw new AgentError('AGENT_SOCKET_UNUSABLE', [`cannot listen on ${path}: ${said}; give another socket`], {
      cause,
    });
  }
  return { close: () => close(server) };
}

/** With a mask from the beginning: the socket is never open to others. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o777 & ~ownerAndGroup);
    server.once('error', reject).listen(path, resolve);
    process.umask(mask);
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  // The last answers may still be on their way into their sockets.
  await setImmediate();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(cut);
}

/** Removes the socket of an agent that was killed. @throws AgentError `AGENT_SOCKET_UNUSABLE` when one listens there */
async function removeStale(path: string): Promise<void> {
  const code = await new Promise<string>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  });
  if (code === '') {
    throw new AgentError('AGENT_SOCKET_UNUSABLE', [
      `a process listens on ${path} already; end it, or give another socket`,
    ]);
  }
  if (code === 'ECONNREFUSED') await unlink(path);
}
