import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Vm } from './traffic.ts';

/** The first byte of an HTTP method. Clients of the raw protocol begin with a small letter. */
function startsHttp(first: Buffer): boolean {
  return first[0]! >= 0x41 && first[0]! <= 0x5a;
}

function answerHttp(vm: string): HttpServer {
  const http = createHttpServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-length': vm.length, 'content-type': 'text/plain', 'x-vm': vm });
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
 * header are `VM`. Connections that send nothing (health checks) are left alone.
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
      socket.once('data', (first: Buffer) => {
        socket.pause();
        if (startsHttp(first)) http.emit('connection', socket);
        else answerLines(vm, socket);
        socket.unshift(first);
        socket.resume();
      });
    });
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
