/** The steps of docs/cloudstack-router.md: CloudStack's HAProxy serves, Limpet takes over, and gives back. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentInLab, openAgentInLab } from '@limpet/cli/testing';
import { databagOf, defaultSettings, generateConfiguration, storedDatabag, unprivileged } from '@limpet/cloudstack';
import type { ExecResult } from '@limpet/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runHaproxyUnit } from '../testing/run-haproxy-unit.ts';
import { programOf } from '../testing/units.ts';
import { writeBundle } from './bundle.ts';

const ip = '10.0.53.2';
const vms = [{ vm: 'vm11', ip: '10.1.1.11', port: 80 }];
/** On port 80 CloudStack would speak HTTP. */
const port = 8080;
const rule: Parameters<typeof databagOf>[0][number] = {
  ...{ ip, port, protocol: 'tcp', algorithm: 'roundrobin', cidrs: [], stickiness: { method: 'none' } },
  members: vms.map((vm) => ({ ...vm, state: 'serving' })),
};

let folder: string;
let agent: AgentInLab;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-takeover-'));
  const { program } = await writeBundle(folder);
  agent = await openAgentInLab({ publicIps: [ip], vms }, programOf(program));
  await mkdir(agent.dir, { mode: 0o700 });
});
afterAll(async () => {
  await agent?.close();
  await rm(folder, { recursive: true });
});

const reached = async (): Promise<boolean> =>
  (await agent.lab.clients.ask([{ client: '198.18.0.1', ip, port, protocol: 'tcp' }]))[0]!.ok;

/** CloudStack's accept for the rule, as its step adds and removes it. */
const accept = (what: '-A' | '-D'): Promise<ExecResult> =>
  agent.lab.exec('iptables', [what, 'INPUT', '-d', ip, '-p', 'tcp', '--dport', String(port), '-j', 'ACCEPT']);

async function startCloudstacksHaproxy(): Promise<ChildProcess> {
  const file = join(folder, 'haproxy.cfg');
  // Its user and chroot are those of a system VM.
  const lines = generateConfiguration([rule], { ...defaultSettings, omit: unprivileged });
  await writeFile(file, `${lines.join('\n')}\n`);
  const haproxy = agent.lab.spawn('haproxy', ['-W', '-f', file]);
  await accept('-A');
  await expect.poll(reached).toBe(true);
  return haproxy;
}

async function end(haproxy: ChildProcess): Promise<void> {
  const closed = once(haproxy, 'exit');
  haproxy.kill('SIGTERM');
  await closed;
}

it('takes over from the HAProxy of CloudStack when that has ended, and gives back', async () => {
  const cloudstacks = await startCloudstacksHaproxy();
  const databag = join(folder, 'loadbalancer.json');
  // With the user, group and chroot that CloudStack says, which the unit has no right to become.
  await writeFile(databag, JSON.stringify(storedDatabag(databagOf([rule], defaultSettings))));
  const limpets = runHaproxyUnit(agent.lab, agent.dir);
  await agent.start({ input: { kind: 'databag', path: databag }, haproxy: { unit: 'limpet-haproxy.service' } });
  const [program, ...args] = programOf(join(folder, 'limpet.mjs'));
  const submit = (): Promise<ExecResult> =>
    agent.lab.exec(program, [...args, 'agent', 'submit', '--config', agent.config, '--databag', databag]);

  expect(await submit()).toMatchObject({ code: 2, stdout: expect.stringContaining('PortInUse') });
  expect(await reached()).toBe(true);
  await end(cloudstacks);
  expect(await submit()).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ip}:${port}`) });
  expect(await reached()).toBe(true);
  await accept('-D');
  expect(await reached()).toBe(true);

  expect(await agent.stop('SIGTERM')).toBe(0);
  limpets.end();
  expect((await agent.lab.exec('pkill', ['-TERM', '-F', join(agent.dir, 'haproxy.pid')])).code).toBe(0);
  await expect.poll(reached).toBe(false);
  await end(await startCloudstacksHaproxy());
});
