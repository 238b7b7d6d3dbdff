import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentClient } from '@limpet/agent/client';
import { databagOf, defaultSettings, storedDatabag, unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import type { ExecResult, Lab } from '@limpet/lab';
import { rule } from '@limpet/operations/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type AgentInLab, limpetProgram as bin, openAgentInLab } from '../../../testing/agent-in-lab.ts';
import { limpet as limpetHere } from '../../../testing/limpet.ts';

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 80 }));

let agent: AgentInLab;
let lab: Lab;
let client: AgentClient;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms });
  ({ lab, client } = agent);
});
afterEach(() => agent.close());

const start = (config?: object): Promise<void> => agent.start(config);
const stop = (signal: NodeJS.Signals): Promise<number | null> => agent.stop(signal);
const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
/** Without the user and the chroot of a system VM. */
const cloud = { ...defaultSettings, omit: unprivileged };
const path = `/v1/rules/${ip}:80`;
const put = (rule: object): Promise<unknown> => client.ask('PUT', path, rule, { 'if-none-match': '*' });
const reached = async (port = 80): Promise<boolean> =>
  (await lab.clients.ask([{ client: '198.18.0.1', ip, port, protocol: 'tcp' }]))[0]!.ok;

it.each(['SIGTERM', 'SIGINT'] as const)('%s ends the agent, and no connection', async (signal) => {
  await start();
  await put({ members: vms });
  const held = await lab.clients.hold([{ client: '198.18.0.1', ip, port: 80, protocol: 'tcp' }]);
  expect(await stop(signal)).toBe(0);
  expect(await reached()).toBe(true);
  await start();
  expect((await client.status()).rules).toMatchObject([{ generation: 1, observedGeneration: 1 }]);
  expect((await lab.clients.askHeld(held.map(({ id }) => id))).every(({ ok }) => ok)).toBe(true);
});

it('SIGKILL loses no change that was answered; the last good state is in force again, after a reboot too', async () => {
  await start();
  await put({ members: vms });
  await stop('SIGKILL');
  expect(await reached()).toBe(true);
  await lab.exec('pkill', ['-KILL', '-F', join(lab.dir, 'router', 'haproxy.pid')]);
  await start();
  expect(await reached()).toBe(true);
  expect(await client.status()).toMatchObject({ haproxyRuns: true, inForce: true, rules: [{ generation: 1 }] });
});

it('one agent drives a router, and a second says which does', async () => {
  await start();
  const config = join(lab.dir, 'agent.yaml');
  const second = await lab.exec(process.execPath, [bin, 'agent', '--config', config]);
  expect(second).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^limpet: ROUTER_LOCKED: process \d+ drives/),
  });
});

it('the other commands talk to the agent that drives the router, also with a saved plan', async () => {
  const limpet = (...args: string[]) => limpetHere([...args, '--dir', join(lab.dir, 'router')], lab.exec);
  const file = join(lab.dir, 'rules.yaml');
  const saved = join(lab.dir, 'plan.json');
  const write = (...rules: object[]) => writeFile(file, stringify({ rules }));
  await start();
  await write({ ip, port: 80, members: vms });
  expect(await limpet('plan', file)).toMatchObject({ code: 2, stdout: expect.stringContaining(`+ ${ip}:80`) });
  expect((await limpet('diff', file)).code).toBe(2);
  expect(await limpet('apply', file)).toMatchObject({ code: 2, stderr: '' });
  expect(await reached()).toBe(true);
  expect((await limpet('apply', file)).code).toBe(0);
  expect((await limpet('plan', file)).code).toBe(0);
  // HAProxy's first checks end between two looks.
  await expect.poll(async () => (await client.status()).members.flatMap(({ unchecked }) => unchecked)).toEqual([]);
  const status = await limpet('status', '-o', 'json');
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout)).toEqual(JSON.parse(JSON.stringify(await client.status())));

  await write({ ip, port: 80, algorithm: 'leastconn', members: vms }, { ip: '192.0.2.1', port: 80 });
  expect((await limpet('plan', file, '--out', saved)).code).toBe(1);
  const applied = await limpet('apply', saved);
  expect(applied).toMatchObject({ code: 1, stderr: expect.stringMatching(/^limpet: NOT_IN_FORCE: 1 of 2 rules/) });
  expect((await limpet('apply', saved)).stderr).toMatch(/^limpet: PLAN_STALE: /);
  expect(await stop('SIGTERM')).toBe(0);
  expect((await limpet('status')).code).toBe(2);
});

it('submit hands a databag over, and exits as it ended', async () => {
  const stored = join(lab.dir, 'loadbalancer.json');
  const bag = (...rules: Partial<RuleRecord>[]): string =>
    JSON.stringify(
      storedDatabag(
        databagOf(
          rules.map((change) => rule({ ip, members, ...change })),
          cloud,
        ),
      ),
    );
  await writeFile(stored, bag());
  await start({ input: { kind: 'databag', path: stored } });
  const submit = async (text: string): Promise<ExecResult> => {
    const file = join(lab.dir, 'queue.json');
    await writeFile(file, text);
    const config = join(lab.dir, 'agent.yaml');
    return lab.exec(process.execPath, [bin, 'agent', 'submit', '--databag', file, '--config', config]);
  };
  expect(await submit(bag({ port: 8080 }))).toMatchObject({ code: 0, stderr: '' });
  expect(await reached(8080)).toBe(true);
  const refused = await submit(bag({ port: 8080, algorithm: 'leastconn' }, { ip: '192.0.2.1', port: 80 }));
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringMatching(/^192\.0\.2\.1:80: AddressNotLocal: /m) });
  expect(await submit('{"rules":')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^limpet: DATABAG_INVALID: .*queue\.json: not JSON: /),
  });
  const limpet = await limpetHere(['apply', '--from', stored, '--dir', join(lab.dir, 'router')], lab.exec);
  expect(limpet).toMatchObject({
    code: 1,
    stderr: `limpet: INPUT_ELSEWHERE: the agent takes its rules from ${stored}; change that file\n`,
  });
});
