import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { VmService } from './vm-service.ts';

let service: VmService | undefined;
afterEach(() => service?.destroy());

/** A free loopback address: nobody else uses a random one of 127.64.0.0/10. */
async function start(): Promise<{ host: string; port: number }> {
  const octet = () => Math.floor(Math.random() * 256);
  const host = `127.${64 + (octet() % 64)}.${octet()}.${octet()}`;
  service = new VmService({ vm: 'vm-7', ip: host, port: 8080 });
  await service.listen(host, 8080);
  return { host, port: 8080 };
}

async function open(address: { host: string; port: number }): Promise<Socket> {
  const socket = connect(address).setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

test('each line is answered with the identity, however the lines are cut', async () => {
  const socket = await open(await start());
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  for (const part of ['wh', 'o\nwho\n', 'w', 'ho\n']) socket.write(part);
  await expect.poll(() => received).toBe('vm-7\nvm-7\nvm-7\n');
  socket.destroy();
});

test('HTTP is answered on the same port, with keep-alive', async () => {
  const address = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number>();
  for (const path of ['/', '/any']) {
    const [response] = (await once(get({ ...address, path, agent }), 'response')) as [IncomingMessage];
    ports.add(response.socket.localPort!);
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-vm']).toBe('vm-7');
    expect(await text(response)).toBe('vm-7');
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});

test('destroy resets connections, silent ones too, and refuses new ones', async () => {
  const address = await start();
  const [asking, silent] = [await open(address), await open(address)];
  asking.write('who\n');
  await once(asking, 'data');
  const ends = [asking, silent].map((socket) => once(socket, 'error'));
  service!.destroy();
  for (const [error] of await Promise.all(ends)) expect(error).toMatchObject({ code: 'ECONNRESET' });
  await expect(open(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the client is who the PROXY header says, sessions begin when asked for, and sickness can be had', async () => {
  const address = await start();
  const ask = async (path: string, header = ''): Promise<string> => {
    const socket = await open(address);
    socket.write(`${header}GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\nConnection: close\r\n\r\n`);
    return text(socket);
  };
  const proxy = 'PROXY TCP4 198.18.0.9 10.0.53.2 40000 80\r\n';
  expect(await ask('/', proxy)).toMatch(/^HTTP\/1\.1 200 .*x-client: 198\.18\.0\.9\r\nx-cookie: b=c\r\n/s);
  expect(await ask('/session')).toMatch(/x-client: 127\.\d+\.\d+\.\d+\r\n.*set-cookie: session=vm-7\.1; path=\/\r\n/s);
  expect(await ask('/headers')).toContain('\r\nx-headers: ["Host","a","Cookie","b=c","Connection","close"]\r\n');
  const status = async (...args: Parameters<typeof ask>) => (await ask(...args)).slice(9, 12);
  expect([await status('/sick'), await status('/proxied'), await status('/proxied', 'PROXY UNKNOWN\r\n')]).toEqual([
    '503',
    '503',
    '200',
  ]);
});
