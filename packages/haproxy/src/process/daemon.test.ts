import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HaproxyProcess } from './haproxy-process.ts';

it('a daemon that cannot start is an error with what HAProxy complained of', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'limpet-daemon-'));
  const ran: (readonly string[])[] = [];
  const haproxy = new HaproxyProcess({
    exec: async (_, args) => {
      ran.push(args);
      return { code: 1, stdout: '', stderr: '[ALERT]    (7) : Binding [/c:8] for proxy a: cannot bind socket\n' };
    },
    spawn: () => {
      throw new Error('a daemon is not spawned');
    },
    configPath: '/c',
    masterSocket: join(dir, 'master.sock'),
    statsSocket: join(dir, 'admin.sock'),
    pidFile: join(dir, 'pid'),
    daemon: true,
  });
  await expect(haproxy.start()).rejects.toMatchObject({
    code: 'HAPROXY_START_FAILED',
    message: expect.stringContaining('cannot bind socket'),
  });
  expect(ran).toEqual([['-D', '-W', '-S', `${join(dir, 'master.sock')},mode,600`, '-p', join(dir, 'pid'), '-f', '/c']]);
  await rm(dir, { recursive: true });
});
