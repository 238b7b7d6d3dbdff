import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentInLab, openAgentInLab } from '@limpet/cli/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHaproxyUnit } from '../testing/run-haproxy-unit.ts';
import { programOf, units, unitsFolder, valuesOf } from '../testing/units.ts';
import { NODE_FLAGS, writeBundle } from './bundle.ts';

const services = units.filter((name) => name.endsWith('.service'));
const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-units-'));
  ({ program } = await writeBundle(folder));
});
afterAll(() => rm(folder, { recursive: true }));

/** systemd-analyze, which needs no systemd that runs. */
function analyze(...args: string[]): { code: number | null; said: string } {
  const { error, status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  if (error) {
    throw new Error(
      `systemd-analyze cannot be run (${error.message}). On Debian: apt-get install -y --no-install-recommends systemd`,
    );
  }
  return { code: status, said: stdout + stderr };
}

describe('to systemd', () => {
  it.each(services)('%s is exposed as little as what it does allows: 2.0 of 10', (name) => {
    const { code, said } = analyze('security', '--offline=yes', '--threshold=20', join(unitsFolder, name));
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringMatching(/exposure level for .*: [12]\.\d OK/),
    });
  });

  it('the units are valid', async () => {
    // What they start is not installed here, and systemd has no manual page of ours.
    const there = await Promise.all(
      units.map(async (name) => {
        const text = await readFile(join(unitsFolder, name), 'utf8');
        const path = join(folder, name);
        await writeFile(path, text.replaceAll('/usr/lib/limpet/node', process.execPath));
        return path;
      }),
    );
    expect(analyze('verify', '--man=no', ...there)).toEqual({ code: 0, said: '' });
  });

  it('the agent admits rules by the descriptors that HAProxy has, and Node has the flags of the bundle', () => {
    const [agents, haproxys] = services.map((name) => valuesOf(name, 'LimitNOFILE'));
    expect(agents).toEqual(haproxys);
    expect(valuesOf('limpet-agent.service', 'ExecStart')[0]).toContain(` ${NODE_FLAGS.join(' ')} `);
  });
});

describe('HAProxy in a unit of its own, with the capabilities of the units', () => {
  let agent: AgentInLab;
  let haproxy: ReturnType<typeof runHaproxyUnit>;
  beforeAll(async () => {
    agent = await openAgentInLab({ publicIps: [ip], vms }, programOf(program));
    await mkdir(agent.dir, { mode: 0o700 });
    haproxy = runHaproxyUnit(agent.lab, agent.dir);
  });
  afterAll(async () => {
    haproxy?.end();
    await agent?.close();
  });

  const config = { haproxy: { unit: 'limpet-haproxy.service', driftPeriod: '200ms' } };
  const ask = (port = 80) => ({ client: '198.18.0.1', ip, port, protocol: 'tcp' as const });
  const put = (port: number): Promise<unknown> =>
    agent.client.ask('PUT', `/v1/rules/${ip}:${port}`, { members: vms }, { 'if-none-match': '*' });
  const reached = async (port = 80): Promise<boolean> => (await agent.lab.clients.ask([ask(port)]))[0]!.ok;

  it('is started by the first rule, and reloaded by the second', async () => {
    await agent.start(config);
    expect(haproxy.starts()).toBe(0);
    await put(80);
    expect(await reached()).toBe(true);
    await put(81);
    expect(await reached(81)).toBe(true);
    expect(haproxy.starts()).toBe(1);
  });

  it('goes on, with its connections, when the agent is killed and started again', async () => {
    const [held] = await agent.lab.clients.hold([ask()]);
    await agent.stop('SIGKILL');
    expect(await reached()).toBe(true);
    await agent.start(config);
    expect((await agent.lab.clients.askHeld([held!.id]))[0]).toMatchObject({ ok: true });
    expect(haproxy.starts()).toBe(1);
  });

  it('comes back by itself when it dies, also while no agent runs', async () => {
    const kill = () => agent.lab.exec('pkill', ['-KILL', '-F', join(agent.dir, 'haproxy.pid')]);
    await kill();
    await expect.poll(() => reached(81)).toBe(true);
    await expect.poll(async () => (await agent.client.status()).inForce).toBe(true);
    await agent.stop('SIGTERM');
    await kill();
    await expect.poll(() => reached()).toBe(true);
    await agent.start(config);
    expect(await agent.client.status()).toMatchObject({ inForce: true });
  });
});
