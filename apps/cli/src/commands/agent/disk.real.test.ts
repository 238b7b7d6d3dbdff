import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, openAgentInLab } from '../../../testing/agent-in-lab.ts';

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let agent: AgentInLab;
let mounted: boolean;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms });
  mounted = false;
});
afterEach(async () => {
  await agent.stop('SIGKILL');
  if (mounted) await agent.lab.exec('umount', ['-l', agent.dir]);
  await agent.close();
});

/** Gives the router's folder a file system of its own. */
async function mount(): Promise<void> {
  await mkdir(agent.dir);
  const { code, stderr } = await agent.lab.exec('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'small', agent.dir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  mounted = true;
}

const put = (port: number, key?: string): Promise<unknown> =>
  agent.client.ask(
    'PUT',
    `/v1/rules/${ip}:${port}`,
    { members: vms },
    {
      'if-none-match': '*',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
  );
const reached = async (port: number): Promise<boolean> =>
  (await agent.lab.clients.ask([{ client: '198.18.0.1', ip, port, protocol: 'tcp' }]))[0]!.ok;
const filler = (): string => join(agent.dir, 'filler');
const fill = () => agent.lab.exec('dd', ['if=/dev/zero', `of=${filler()}`, 'bs=1k']);
/** Ten bytes within the stored rule, of the same length. */
const changeValue = async (state: string): Promise<void> => {
  const bytes = await readFile(state, 'latin1');
  expect(bytes).toContain('"algorithm":"roundrobin"');
  await writeFile(state, bytes.replaceAll('"algorithm":"roundrobin"', '"algorithm":"leastconn!"'), 'latin1');
};
const remount = (how: 'ro' | 'rw') => agent.lab.exec('mount', ['-o', `remount,${how}`, agent.dir]);

it('refuses what a full disk cannot store, with the error, and goes on serving; nothing is stored by halves', async () => {
  await mount();
  await agent.start();
  await put(80);
  await fill();
  await expect(put(81, 'key-81')).rejects.toMatchObject({
    code: 'STATE_NOT_STORED',
    message: expect.stringMatching(/state\.db is unchanged: ENOSPC: the disk is full; make room on it/),
  });
  await expect(put(82)).rejects.toMatchObject({ code: 'RULE_REFUSED', message: expect.stringMatching(/ENOSPC/) });
  expect([await reached(80), await reached(81), await reached(82)]).toEqual([true, false, false]);
  const status = await agent.client.status();
  expect(status.rules.map(({ key }) => key.port)).toEqual([80, 82]); // it stays desired, and is tried again
  expect(status.counters).toMatchObject([{ connections: expect.any(Number) }]);

  await agent.stop('SIGKILL');
  await rm(filler());
  await agent.start();
  // Its few rows may have found room where HAProxy's configuration did not: then 82 was stored, as a whole.
  const after = await agent.client.status();
  expect([[80], [80, 82]]).toContainEqual(after.rules.map(({ key }) => key.port));
  expect(after.inForce).toBe(true);
  await put(81, 'key-81');
  expect([await reached(80), await reached(81)]).toEqual([true, true]);
});

// A file system on which a file is open for writing is not made read-only by hand: the kernel does it when the disk fails.
it('does not start on a read-only disk, leaves what HAProxy has, and starts when the disk takes writes again', async () => {
  await mount();
  await agent.start();
  await put(80);
  await agent.stop('SIGKILL');
  await remount('ro');
  await expect(agent.start()).rejects.toThrow(/EROFS|cannot be read: .*; make its disk writable/);
  expect(await reached(80)).toBe(true);
  await remount('rw');
  await agent.start();
  await put(81);
  expect([await reached(80), await reached(81)]).toEqual([true, true]);
});

it('brings about what was refused when there is room again, since it stays desired', async () => {
  await mount();
  await agent.start();
  await put(80);
  await fill();
  await expect(put(81)).rejects.toMatchObject({ code: 'RULE_REFUSED' });
  await rm(filler());
  await expect.poll(() => reached(81)).toBe(true);
});

it.each<[string, (state: string) => Promise<void>, RegExp]>([
  ['torn', async (state) => truncate(state, Math.floor((await readFile(state)).length / 2)), /./],
  ['empty', (state) => truncate(state, 0), /it is empty, or no store of Limpet/],
  ['foreign', (state) => writeFile(state, '[1, 2'), /file is not a database/],
  ['changed within a value', changeValue, /the row \S+ 10\.0\.53\.2:80 is not as it was stored/],
])(
  'does not start on stored state that is %s, says what to do, and leaves what HAProxy has',
  async (_, damage, why) => {
    await agent.start();
    await put(80);
    await agent.stop('SIGTERM');
    const state = join(agent.dir, 'state.db');
    await damage(state);
    const started = agent.start().catch((error: Error) => error.message);
    expect(await started).toMatch(
      /^limpet: ROUTER_STATE_UNREADABLE: \S+state\.db is damaged: .*; restore \S+state\.db from a backup, or remove/,
    );
    expect(await started).toMatch(why);
    expect(await reached(80)).toBe(true);
    for (const name of ['', '-wal', '-shm']) await rm(state + name, { force: true });
    await agent.start();
    await put(80);
    expect(await reached(80)).toBe(true);
  },
);
