import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HostileRequest } from './hostile-requests.ts';

/** An answer, as far as a test looks at it. */
export interface StormAnswer {
  request: HostileRequest;
  status: number;
  code: string | undefined;
  /** JSON pointers of the fields that are refused. */
  named: readonly string[];
}

/**
 * Sends requests to a unix socket, so many at a time, over connections that are used again. Who sends a body that is not
 * read to its end may see the connection closed before the answer: status 0, code `CLOSED`.
 */
export async function storm(
  socket: string,
  requests: readonly HostileRequest[],
  atOnce: number,
): Promise<StormAnswer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const answers: StormAnswer[] = [];
  let next = 0;
  const send = async (): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) answers.push(await sendOne(socket, agent, requests[at]!));
  };
  await Promise.all(Array.from({ length: atOnce }, send));
  agent.destroy();
  return answers;
}

function sendOne(socketPath: string, agent: Agent, hostile: HostileRequest): Promise<StormAnswer> {
  const { method, path, headers, body } = hostile;
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, agent, method, path, headers }, (answer) => {
      const done = (said: string): void => {
        const isJson = /json/.test(answer.headers['content-type'] ?? '');
        const { code, errors = [] } = (isJson && said !== '' ? JSON.parse(said) : {}) as {
          code?: string;
          errors?: { pointer: string }[];
        };
        const named = errors.map(({ pointer }) => pointer);
        resolve({ request: hostile, status: answer.statusCode!, code, named });
      };
      if (/event-stream/.test(answer.headers['content-type'] ?? '')) {
        answer.destroy();
        done('');
        return;
      }
      text(answer).then(done, reject);
    });
    const closed: StormAnswer = { request: hostile, status: 0, code: 'CLOSED', named: [] };
    sent.on('error', () => resolve(closed)).end(body);
  });
}

/** Sends bytes on a connection of their own, and resolves to what is answered before it is closed. */
export async function sendRaw(socketPath: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(socketPath);
  socket.on('error', () => {});
  socket.end(bytes);
  return text(socket).catch(() => '');
}

/** Sends the beginning of a request and no end. Resolves when the connection is closed. */
export function sendSlowly(socketPath: string): Promise<void> {
  const socket = connect(socketPath);
  socket.on('error', () => {});
  socket.write('GET /v1/rules HTTP/1.1\r\nhost: limpet\r\n');
  const timer = setInterval(() => socket.write('x-slow: 1\r\n'), 500);
  socket.resume();
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearInterval(timer);
      resolve();
    });
  });
}
