import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type InspectionDocument,
  PAGE_HEADERS,
  type PageFile,
  type Recorder,
  RUN_HEADER,
  serveFeed,
} from '@limpet/inspection';
import { askByName, isAskedByName, listenOnLoopback, type ServedPage } from './loopback.ts';
import { receive } from './receive-event.ts';

/** What is served, and where. */
export interface ServeOptions {
  /** Those of `readPageFiles`. */
  files: ReadonlyMap<string, PageFile>;
  /** The recording; of a live run the machines alone. */
  document: InspectionDocument;
  /** Of a live run. */
  recorder?: Recorder;
  /**
   * Of machines that are played: sends an event to an actor.
   *
   * @throws Error with what the user is told
   */
  send?: (actor: string, event: { type: string }) => void;
  /** @defaultValue one that is free */
  port?: number;
}

/** Milliseconds between two comments on a silent feed. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Serves the page to browsers on this machine, and to no others: it listens on 127.0.0.1, and answers only requests that
 * name it so, as another site's page could otherwise read it through a name that resolves to 127.0.0.1.
 *
 * @throws InspectorError `INSPECTOR_PORT_TAKEN`
 */
export async function servePage(options: ServeOptions): Promise<ServedPage> {
  const server = createServer((request, response) => answer(request, response, options));
  return listenOnLoopback(server, options.port ?? 0);
}

interface Reply {
  status: number;
  type: string;
  content: string | Buffer;
  headers?: Record<string, string>;
}

function answer(request: IncomingMessage, response: ServerResponse, options: ServeOptions): void {
  const isHere = isAskedByName(request);
  const [path = '/'] = (request.url ?? '/').split('?');
  const { recorder } = options;
  if (isHere && recorder !== undefined && path === '/feed' && request.method === 'GET') {
    feed(request, response, recorder);
    return;
  }
  if (isHere && options.send !== undefined && path === '/send' && request.method === 'POST') {
    void receive(request, `http://${request.headers.host}`, options.send).then(({ status, content }) => {
      response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8' });
      response.end(content);
    });
    return;
  }
  const { status, type, content, headers } = isHere
    ? replyTo(request.method ?? '', path, options)
    : { status: 403, type: 'text/plain', content: askByName(request), headers: {} };
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': type, ...headers });
  response.end(request.method === 'HEAD' ? undefined : content);
}

function replyTo(method: string, path: string, { files, document, recorder, send }: ServeOptions): Reply {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, type: 'text/plain', content: 'GET only\n', headers: { allow: 'GET, HEAD' } };
  if (path === '/document.json') {
    const kind = recorder === undefined ? 'recorded' : send === undefined ? 'live' : 'played';
    return {
      status: 200,
      type: 'application/json',
      content: JSON.stringify(document),
      headers: { [RUN_HEADER]: kind },
    };
  }
  const file = files.get(path);
  return file === undefined
    ? { status: 404, type: 'text/plain', content: 'nothing is here\n' }
    : { status: 200, ...file };
}

function feed(request: IncomingMessage, response: ServerResponse, recorder: Recorder): void {
  response.writeHead(200, { ...PAGE_HEADERS, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  const header = request.headers['last-event-id'];
  const stop = serveFeed({
    recorder,
    lastEventId: typeof header === 'string' ? header : undefined,
    sink: {
      write: (text) => response.write(text),
      onDrain: (listener) => response.on('drain', listener),
    },
    every: (callback) => {
      const timer = setInterval(callback, KEEP_ALIVE_MS);
      return () => clearInterval(timer);
    },
  });
  response.on('close', stop);
}

/** A name for a recorder that no other has. */
export const newSession = (): string => randomUUID();
