import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { withCliServer } from '../../testing/cli-server.ts';
import { pinWorker } from './pinned-worker.ts';

/** A worker that answers each line as in interactive mode, in pieces of one byte; to `die` it ends instead. */
const worker = (heard: string[]) => (socket: Socket) => {
  let rest = '';
  const say = (text: string): void => {
    for (const byte of text) socket.write(byte);
  };
  socket.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      heard.push(line);
      if (line === 'die') socket.destroy();
      else if (line === 'prompt') say('\n> ');
      else say(`${line === 'show info' ? 'Name: HAProxy\nPid: 4711\n' : `${line}!\n\n${line}!\n`}\n> `);
    }
  });
};

test('one conversation goes on, whoever asks when, and is not ended by silence', async () => {
  const heard: string[] = [];
  await withCliServer(worker(heard), async (socketPath) => {
    const pinned = await pinWorker(socketPath);
    expect(pinned.pid).toBe(4711);
    expect(heard).toContain('set timeout cli 2147483');
    const [first, second] = await Promise.all([pinned.run(['a', 'b']), pinned.run(['c'])]);
    expect([first, second]).toEqual([['a!\n\na!', 'b!\n\nb!'], ['c!\n\nc!']]);
    pinned.release();
    await expect(pinned.run(['d'])).rejects.toMatchObject({ code: 'HAPROXY_CLI_TRUNCATED' });
  });
});

test('a worker that ends is no longer there', async () => {
  await withCliServer(worker([]), async (socketPath) => {
    const pinned = await pinWorker(socketPath);
    await expect(pinned.run(['a', 'die'])).rejects.toMatchObject({ code: 'HAPROXY_CLI_TRUNCATED' });
    await expect(pinned.run(['a'])).rejects.toMatchObject({ code: 'HAPROXY_CLI_TRUNCATED' });
  });
});

test('a worker that is silent is given up', async () => {
  const deaf = (socket: Socket): void => {
    socket.on('data', () => {});
  };
  await withCliServer(deaf, async (socketPath) => {
    await expect(pinWorker(socketPath, 50)).rejects.toThrow('no answer for 50 ms');
  });
});
