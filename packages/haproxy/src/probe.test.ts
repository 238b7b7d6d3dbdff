import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withCliServer } from '../testing/cli-server.ts';
import { openProbe } from './probe.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('an http probe claims its address, waits for the headers, and stays open afterwards', async () => {
  let request = '';
  let server: Socket | undefined;
  await withCliServer(
    (socket) => {
      server = socket;
      socket.on('data', (data) => {
        request += data;
        if (request.endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\n\r\n');
      });
    },
    async (socketPath) => {
      const probe = await openProbe(socketPath, '192.0.2.7', 'http');
      expect(request).toMatch(/^PROXY TCP4 192\.0\.2\.7 192\.0\.2\.254 40000 80\r\nHEAD \/ HTTP\/1\.1\r\nHost: /);
      expect(vi.getTimerCount()).toBe(0);
      const closed = once(server!, 'end');
      probe.close();
      await closed;
    },
  );
});

test.each(['tcp', 'http'] as const)('a server that closes is no error (%s)', async (protocol) => {
  await withCliServer(
    (socket) => socket.destroy(),
    async (socketPath) => {
      const probe = await openProbe(socketPath, '192.0.2.7', protocol);
      probe.close();
    },
  );
});

test('an http probe that is never answered is an error', async () => {
  await withCliServer(
    (socket) => socket.once('data', () => vi.advanceTimersByTime(60_000)),
    async (socketPath) => {
      await expect(openProbe(socketPath, '192.0.2.7', 'http')).rejects.toMatchObject({ code: 'HAPROXY_PROBE_FAILED' });
    },
  );
});
