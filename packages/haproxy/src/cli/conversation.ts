import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HaproxyError } from '../errors.ts';

/** How one conversation with a CLI socket goes. */
export interface Conversation {
  socketPath: string;
  /** Everything that is sent. */
  request: string;
  /** Sends a FIN after the request. */
  halfClose: boolean;
  /** Milliseconds without a byte from the other side. */
  timeoutMs: number;
}

/** What came back, and how it ended: the other side closed, broke the connection, or was silent for too long. */
export interface Reply {
  text: string;
  ending: 'closed' | 'reset' | 'silent';
}

/**
 * Sends a request over a unix socket and reads until the other side closes.
 *
 * @throws HaproxyError `HAPROXY_CLI_UNREACHABLE`.
 */
export async function converse(conversation: Conversation): Promise<Reply> {
  return exchange(await connectUnix(conversation.socketPath, conversation.timeoutMs), conversation);
}

/**
 * Connects to a unix socket.
 *
 * @throws HaproxyError `HAPROXY_CLI_UNREACHABLE`.
 */
export async function connectUnix(path: string, timeoutMs: number): Promise<Socket> {
  const giveUp = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await connectOnce(path);
    } catch (error) {
      // The queue of a listening socket is full: HAProxy's CLI sockets queue 10 connections by default (stats maxconn).
      const busy = (error as NodeJS.ErrnoException).code === 'EAGAIN';
      if (busy && performance.now() < giveUp) {
        await sleep(2);
        continue;
      }
      const { message } = error as Error;
      throw new HaproxyError(
        'HAPROXY_CLI_UNREACHABLE',
        `no HAProxy answers on ${path} (${message}); is it running, and may this user open the socket?`,
        { cause: error },
      );
    }
  }
}

function connectOnce(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Node keeps its own side open after HAProxy's FIN, and the other way round.
    const socket = createConnection({ path, allowHalfOpen: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function exchange(socket: Socket, { request, halfClose, timeoutMs }: Conversation): Promise<Reply> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (ending: Reply['ending']) => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('utf8'), ending });
    };
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish('closed'));
    socket.on('error', () => finish('reset'));
    socket.setTimeout(timeoutMs, () => finish('silent'));
    if (halfClose) socket.end(request);
    else socket.write(request);
  });
}
