import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Vm } from '../traffic/traffic.ts';
import { readProxyHeader } from './proxy-header.ts';

/** The first byte of an HTTP method. Clients of the raw protocol begin with a small letter. */
function startsHttp(first: Buffer): boolean {
  return first[0]! >= 0x41 && first[0]! <= 0x5a;
}

/** Connections that began with a PROXY header. */
const proxied = new WeakSet<Socket>();

/** The client's address: the connection's, or the one that the PROXY header names. */
const sources = new WeakMap<Socket, string>();

function answerHttp(vm: string): HttpServer {
  let sessions = 0;
  const http = createHttpServer((request, response) => {
    request.resume();
    const isSick = request.url === '/sick' || (request.url === '/proxied' && !proxied.has(request.socket));
    response.writeHead(isSick ? 503 : 200, {
      'content-length': vm.length,
      'content-type': 'text/plain',
      'x-vm': vm,
      etag: `"${vm}"`,
      'x-client': sources.get(request.socket) ?? request.socket.remoteAddress ?? '', // none: it has hung up already
      'x-cookie': request.headers.cookie ?? '',
      ...(request.url === '/headers' && { 'x-headers': JSON.stringify(request.rawHeaders) }),
      ...(request.url === '/session' && { 'set-cookie': `session=${vm}.${++sessions}; path=/` }),
    });
    response.end(vm);
  });
  // An idle connection ends when HAProxy or its client ends it, or when the VM is destroyed.
  http.keepAliveTimeout = 0;
  http.headersTimeout = 0;
  http.requestTimeout = 0;
  return http;
}

function answerLines(vm: string, socket: Socket): void {
  const answer = `${vm}\n`;
  socket.on('data', (chunk: Buffer) => {
    const lines = chunk.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
    if (lines > 0) socket.write(answer.repeat(lines));
  });
}

/**
 * One service of a VM: answers each line with the line `VM`, or each HTTP request with a 200 whose body and `x-vm`
 * header are `VM`, with the client's address in `x-client` and its cookies in `x-cookie`. `/session` begins a session,
 * whose cookie names the VM; `/headers` says in `x-headers`, as JSON, with which headers it was asked; `/sick` gets a 503, and so does `/proxied` without a PROXY header, which is understood.
 * Connections that send nothing (health checks) are left alone.
 */
export class VmService {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor({ vm }: Vm) {
    const http = answerHttp(vm);
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // A client that resets is no event for a VM.
      socket.on('error', () => {});
      socket.once('data', (first: Buffer) => serve(socket, first));
    });
    const serve = (socket: Socket, first: Buffer): void => {
      const header = readProxyHeader(first);
      if (header) proxied.add(socket);
      if (header?.source !== undefined) sources.set(socket, header.source);
      if (header?.rest.length === 0) {
        socket.once('data', (next: Buffer) => serve(socket, next));
        return;
      }
      socket.pause();
      const payload = header?.rest ?? first;
      if (startsHttp(payload)) http.emit('connection', socket);
      else answerLines(vm, socket);
      socket.unshift(payload);
      socket.resume();
    };
  }

  /** Resolves when it listens; rejects with the system's error. */
  async listen(ip: string, port: number): Promise<void> {
    this.#server.listen({ host: ip, port, backlog: 1024 });
    await once(this.#server, 'listening');
  }

  /** Stops listening, and resets every connection. */
  destroy(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
