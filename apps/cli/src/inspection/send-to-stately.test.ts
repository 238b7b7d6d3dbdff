import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket as Connection } from 'node:net';
import { playMachines } from '@limpet/inspector';
import { afterEach, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { sendToStately } from './send-to-stately.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

/** A WebSocket server (RFC 6455) that reads texts, as that of `@statelyai/inspect/server` does. */
async function receiver() {
  const received: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, connection: Connection) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    connection.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    ends.push(() => connection.destroy());
    let bytes = Buffer.alloc(0);
    connection.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const [text, length] = frameIn(bytes) ?? [];
        if (length === undefined) break;
        bytes = bytes.subarray(length);
        if (text !== undefined) received.push(JSON.parse(text));
      }
      for (const wake of waiting) wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const until = async (count: number) => {
    while (received.length < count) await new Promise<void>((resolve) => waiting.add(resolve));
    return received;
  };
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, until };
}

/** The text of the first frame, if it is a text, and its length; undefined while it is not whole. */
function frameIn(bytes: Buffer): [text: string | undefined, length: number] | undefined {
  if (bytes.length < 8) return undefined;
  const short = bytes[1]! & 0x7f;
  const at = short === 126 ? 4 : 2;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < at + 4 + size) return undefined;
  const mask = bytes.subarray(at, at + 4);
  const text = Buffer.from(bytes.subarray(at + 4, at + 4 + size).map((byte, index) => byte ^ mask[index % 4]!));
  return [(bytes[0]! & 0x0f) === 1 ? text.toString() : undefined, at + 4 + size];
}

const machine = createMachine({
  id: 'door',
  initial: 'closed',
  states: { closed: { on: { OPEN: 'open' } }, open: {} },
});

it('sends what was, and then what happens, as Stately has it', async () => {
  const { url, until } = await receiver();
  const played = playMachines('doors', [{ machine }]);
  const end = await sendToStately(url, played);
  ends.push(end);
  const [actor, first] = await until(2);
  expect(actor).toMatchObject({ type: '@xstate.actor', name: 'door', definition: expect.stringContaining('"OPEN"') });
  expect(first).toMatchObject({ type: '@xstate.snapshot', snapshot: { value: 'closed' } });
  played.send(actor!.sessionId as string, { type: 'OPEN' });
  const all = await until(4);
  expect(all.slice(2)).toMatchObject([
    { type: '@xstate.event', event: { type: 'OPEN' } },
    { type: '@xstate.snapshot', snapshot: { value: 'open' }, event: { type: 'OPEN' } },
  ]);
});

it('sends a recording', async () => {
  const { url, until } = await receiver();
  const { document, recorder } = playMachines('doors', [{ machine }]);
  const messages = recorder.read(1).messages.map(({ message }) => message);
  ends.push(await sendToStately(url, { document: { ...document, messages } }));
  expect(await until(2)).toMatchObject([{ type: '@xstate.actor' }, { type: '@xstate.snapshot' }]);
});

it.each([
  ['ws://stately.ai', 'give a server on this machine, such as ws://localhost:8080'],
  ['ws://localhost.evil.example:80', 'give a server on this machine'],
  ['http://localhost:8080', 'give a server on this machine'],
  ['ws://127.0.0.1:1', "nobody listens; start one by createInspectorServer() of '@statelyai/inspect/server'"],
])('refuses %s', async (url, message) => {
  await expect(sendToStately(url, playMachines('doors', [{ machine }]))).rejects.toThrow(message);
});
