import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { AgentError } from '../errors.ts';
import {
  type Answer,
  type ApiServer,
  closeServer,
  hostname,
  limit,
  mostConnections,
  timeLimits,
} from './http-server.ts';

/** Owner and group may connect. */
const ownerAndGroup = 0o660;

/**
 * Serves on a unix socket, for its owner and group.
 *
 * @throws AgentError `AGENT_SOCKET_UNUSABLE`
 */
export async function serveUnixSocket(answer: Answer, path: string): Promise<ApiServer> {
  const server = createAdaptorServer({ fetch: answer, hostname, serverOptions: timeLimits }) as Server;
  limit(server);
  try {
    await removeStale(path);
    await mkdir(dirname(path), { recursive: true });
    await listen(server, path);
    await chmod(path, ownerAndGroup);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const said = (cause as Error).message;
    throw new AgentError('AGENT_SOCKET_UNUSABLE', [`cannot listen on ${path}: ${said}; give another socket`], {
      cause,
    });
  }
  return { close: () => closeServer(server) };
}

/** With a mask from the beginning: the socket is never open to others. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const mask = process.umask(0o777 & ~ownerAndGroup);
    server.once('error', reject).listen({ path, backlog: mostConnections }, resolve);
    process.umask(mask);
  });
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
  if (code !== 'ECONNREFUSED') return;
  // Whatever is no socket refuses, too: another file that the configuration names by mistake.
  if (!(await lstat(path)).isSocket()) {
    throw new AgentError('AGENT_SOCKET_UNUSABLE', [`${path} is there, and is no socket; give another path`]);
  }
  await unlink(path);
}
