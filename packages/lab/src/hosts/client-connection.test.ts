import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Ask } from '../traffic/traffic.ts';
import { ClientConnection, classify } from './client-connection.ts';

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const action of cleanup.splice(0)) action();
});

/** A peer on loopback that does `behave` with each connection; a client of it. */
async function connectTo(behave: (socket: Socket) => void, ask: Partial<Ask> = {}, timeoutMs = 5000) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    behave(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = new ClientConnection(
    { client: '127.0.0.1', ip: '127.0.0.1', port, protocol: 'tcp', ...ask },
    timeoutMs,
  );
  cleanup.push(() => {
    connection.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { connection, sockets, server };
}

const error = (name: string) => ({ ok: false, error: name });

test('questions on one connection are asked one after the other', async () => {
  const asked: string[] = [];
  const { connection } = await connectTo((socket) => {
    socket.on('data', (chunk) => {
      asked.push(String(chunk));
      socket.write('v');
      setImmediate(() => socket.write(`m${asked.length}\n`));
    });
  });
  const answers = await Promise.all([connection.ask(), connection.ask(), connection.ask()]);
  expect(answers).toEqual(['vm1', 'vm2', 'vm3'].map((vm) => ({ ok: true, vm })));
  expect(asked).toEqual(['who\n', 'who\n', 'who\n']);
});

test('a reset, an end without an answer and a refusal are told apart', async () => {
  const reset = await connectTo((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await reset.connection.ask()).toEqual(error('reset'));
  const ended = await connectTo((socket) => socket.once('data', () => socket.end()));
  expect(await ended.connection.ask()).toEqual(error('closed'));
  const { server } = ended;
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const ask: Ask = { client: '127.0.0.1', ip: '127.0.0.1', port, protocol: 'tcp' };
  expect(await new ClientConnection(ask, 5000).ask()).toEqual(error('refused'));
});

test('after a timeout the connection is closed: the late answer is nobody’s', async () => {
  const { connection } = await connectTo(() => {}, {}, 1);
  expect(await connection.ask()).toEqual(error('timeout'));
  expect(await connection.ask()).toEqual(error('closed'));
});

test('what comes unasked is never taken for an answer', async () => {
  const early = await connectTo((socket) => socket.once('data', () => socket.write('vm1\nvm2\n')));
  expect(await early.connection.ask()).toEqual(error('garbled'));
  const { connection, sockets } = await connectTo((socket) => socket.once('data', () => socket.write('vm1\n')));
  expect(await connection.ask()).toEqual({ ok: true, vm: 'vm1' });
  sockets[0]!.write('vm2\n');
  await once(sockets[0]!, 'close');
  expect(await connection.ask()).toEqual(error('closed'));
});

test('a connection that dies between questions is noticed', async () => {
  const { connection, sockets } = await connectTo((socket) => socket.once('data', () => socket.write('vm1\n')));
  await connection.ask();
  sockets[0]!.end();
  await once(sockets[0]!, 'close');
  expect(await connection.ask()).toEqual(error('closed'));
});

test('an HTTP error is an answer of its own', async () => {
  const behave = (socket: Socket) =>
    socket.once('data', () => socket.end('HTTP/1.0 503 Service Unavailable\r\n\r\nno server'));
  const { connection } = await connectTo(behave, { protocol: 'http' });
  expect(await connection.ask()).toEqual(error('http-503'));
});

test('an error that has no name of ours keeps the system’s', () => {
  expect(classify(Object.assign(new Error('x'), { code: 'ENETUNREACH' }))).toBe('unreachable');
  expect(classify(Object.assign(new Error('x'), { code: 'EADDRNOTAVAIL' }))).toBe('EADDRNOTAVAIL');
});
