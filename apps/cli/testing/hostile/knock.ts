/**
 * A program for a test, in the router's namespace: sends each request of a file over TCP, with each of its credentials, and
 * prints the different answers as JSON. Then it takes every connection there is and asks once more with the last one.
 *
 * `node knock.ts PORT FILE`
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the file has. */
export interface Knocks {
  requests: { method: string; path: string; body?: string | undefined }[];
  /** Values of the header Authorization; an empty one is not sent. */
  wrong: string[];
  right: string;
  /** Connections that are opened and say nothing, or half of a request. */
  silent: number;
}

/** What the program prints. */
export interface Knocked {
  /** Each status, code and body length that was answered to wrong credentials. */
  refused: string[];
  count: number;
  /** Status for the right ones, while silent connections are open. */
  right: number;
}

const [port = '', file = ''] = process.argv.slice(2);
const { requests, wrong, right, silent } = JSON.parse(readFileSync(file, 'utf8')) as Knocks;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const host = '127.0.0.1';

function ask(
  method: string,
  path: string,
  authorization: string,
  body?: string,
): Promise<{ status: number; said: string }> {
  const headers = {
    'content-type': 'application/json',
    'if-match': '*',
    ...(authorization !== '' && { authorization }),
  };
  return new Promise((resolve, reject) => {
    request({ host, port, agent, method, path, headers }, (answer) => {
      text(answer).then((said) => resolve({ status: answer.statusCode!, said }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}

const refused = new Set<string>();
let count = 0;
await Promise.all(
  wrong.map(async (authorization) => {
    for (const { method, path, body } of requests) {
      const { status, said } = await ask(method, path, authorization, body);
      refused.add(`${status} ${method === 'HEAD' ? '' : JSON.parse(said).code}`);
      count++;
    }
  }),
);
const halves = Array.from({ length: silent }, (_, at) => {
  const socket = connect({ host, port: Number(port) });
  socket.on('error', () => {});
  if (at % 2 === 0) socket.write('GET /v1/rules HTTP/1.1\r\nhost: limpet\r\n');
  return socket;
});
await Promise.all(
  halves.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
);
agent.destroy();
const { status } = await ask('GET', '/v1/rules', right);
for (const socket of halves) socket.destroy();
process.stdout.write(JSON.stringify({ refused: [...refused], count, right: status } satisfies Knocked));
process.exit(0);
