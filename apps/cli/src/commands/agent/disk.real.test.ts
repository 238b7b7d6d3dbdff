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
const remount = (how: 'ro' | 'rw') => agent.lab.exec('mount', ['-o', `remount,${how}`, agent.dir]);

it.each<[string, RegExp, () => Promise<unknown>, () => Promise<unknown>]>([
  ['full', /ENOSPC/, fill, () => rm(filler())],
  ['read-only', /EROFS/, () => remount('ro'), () => remount('rw')],
])(
  'refuses what a %s disk cannot store, with the error, and goes on serving; nothing is stored by halves',
  async (_, error, breaks, mends) => {
    await mount();
    await agent.start();
    await put(80);
    await breaks();
    await expect(put(81, 'key-81')).rejects.toMatchObject({
      code: 'STATE_NOT_STORED',
      message: expect.stringMatching(error),
    });
    await expect(put(82)).rejects.toMatchObject({ code: 'RULE_REFUSED', message: expect.stringMatching(error) });
    expect([await reached(80), await reached(81), await reached(82)]).toEqual([true, false, false]);
    const status = await agent.client.status();
    expect(status.rules.map(({ key }) => key.port)).toEqual([80, 82]);
    expect(status.counters).toMatchObject([{ connections: expect.any(Number) }]);

    await agent.stop('SIGKILL');
    await mends();
    await agent.start();
    // A line of a few bytes may have found room where HAProxy's configuration did not: then 82 was stored, as a whole.
    const after = await agent.client.status();
    expect([[80], [80, 82]]).toContainEqual(after.rules.map(({ key }) => key.port));
    expect(after.inForce).toBe(true);
    await put(81, 'key-81');
    expect([await reached(80), await reached(81)]).toEqual([true, true]);
  },
);

it('brings about what was refused when there is room again, since it stays desired', async () => {
  await mount();
  await agent.start();
  await put(80);
  await fill();
  await expect(put(81)).rejects.toMatchObject({ code: 'RULE_REFUSED' });
  await rm(filler());
  await expect.poll(() => reached(81)).toBe(true);
});

it.each<[string, (state: string) => Promise<void>]>([
  ['torn', async (state) => truncate(state, Math.floor((await readFile(state)).length / 2))],
  ['empty', (state) => truncate(state, 0)],
  ['foreign', (state) => writeFile(state, '[1, 2')],
])('does not start on a state file that is %s, says what to do, and leaves what HAProxy has', async (_, damage) => {
  await agent.start();
  await put(80);
  await agent.stop('SIGTERM');
  const state = join(agent.dir, 'state.json');
  await damage(state);
  await expect(agent.start()).rejects.toThrow(
    /^limpet: ROUTER_STATE_UNREADABLE: .*state\.json or its journal is not JSON any more; restore them, or remove both/,
  );
  expect(await reached(80)).toBe(true);
  await rm(state);
  await rm(`${state}.journal`, { force: true });
  await agent.start();
  await put(80);
  expect(await reached(80)).toBe(true);
});
