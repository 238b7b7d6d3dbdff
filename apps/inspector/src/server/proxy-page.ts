import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { PAGE_HEADERS } from '@limpet/inspection';
import { askByName, isAskedByName, listenOnLoopback, type ServedPage } from './loopback.ts';

/** Whose page is served here. */
export interface ProxyOptions {
  /** A unix socket on which an HTTP server listens, such as an agent's. */
  socketPath: string;
  /** Where the page is there. */
  folder: string;
  /** @defaultValue one that is free */
  port?: number;
}

/** Headers of a request that say something to a server of the page. */
const ASKED = ['accept', 'last-event-id'];

/**
 * Serves the page of another server, which listens on a unix socket, to browsers on this machine. It passes on reading
 * requests for the page alone: whoever can reach a port of 127.0.0.1 is not necessarily whoever may use the socket.
 *
 * @throws InspectorError `INSPECTOR_PORT_TAKEN`
 */
export function proxyPage({ port = 0, ...to }: ProxyOptions): Promise<ServedPage> {
  const server = createServer((asked, answer) => {
    if (!isAskedByName(asked)) say(answer, 403, askByName(asked));
    else if (asked.method !== 'GET' && asked.method !== 'HEAD') say(answer, 405, 'GET only\n', { allow: 'GET, HEAD' });
    else pass(asked, answer, to);
  });
  return listenOnLoopback(server, port);
}

function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  { socketPath, folder }: Omit<ProxyOptions, 'port'>,
): void {
  // As a browser reads it: no part of a path can lead out of the folder.
  const { pathname, search } = new URL(asked.url ?? '/', 'http://page');
  const headers = Object.fromEntries(
    ASKED.flatMap((name) => (asked.headers[name] ? [[name, asked.headers[name]]] : [])),
  );
  const to = { socketPath, method: asked.method, path: `${folder}${pathname}${search}`, headers, agent: false };
  const passed = request(to, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
    response.on('error', () => answer.destroy());
  });
  passed.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else say(answer, 502, 'the agent does not answer; start it, and run limpet inspect again\n');
  });
  answer.on('close', () => passed.destroy());
  passed.end();
}

function say(answer: ServerResponse, status: number, text: string, more: Record<string, string> = {}): void {
  answer.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...more });
  answer.end(text);
}
