import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databagOf, defaultSettings, type QueueFile, storedDatabag, unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import type { ExecResult } from '@limpet/lab';
import { rule } from '@limpet/operations/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, openAgentInLab } from '../../../testing/agent-in-lab.ts';
import { limpet } from '../../../testing/limpet.ts';

/** Of the 25 rules that can be changed so; each change is a reload. */
const changes = process.env.CI === 'true' ? 15 : 4;

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12', 'vm13'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 8080 }));
const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
const sticky = { method: 'SourceBased' as const, tableSize: 204_800, expireSeconds: 1800 };
const cloud = { ...defaultSettings, omit: unprivileged };
const plain = Array.from({ length: 25 }, (_, at) => 8100 + at);
const stickyFromTheStart = Array.from({ length: 25 }, (_, at) => 8125 + at);

let agent: AgentInLab;
let stored: string;
/** What CloudStack's management server has, by port. */
let rules: Map<number, RuleRecord>;
beforeEach(async () => {
  agent = await openAgentInLab({ publicIps: [ip], vms });
  stored = join(agent.lab.dir, 'loadbalancer.json');
  rules = new Map([
    ...plain.map((port): [number, RuleRecord] => [port, rule({ ip, port, members })]),
    ...stickyFromTheStart.map((port): [number, RuleRecord] => [port, rule({ ip, port, members, stickiness: sticky })]),
  ]);
  await write(queueFile());
  await agent.start({ input: { kind: 'databag', path: stored }, haproxy: { drainDeadline: '0s' } });
});
afterEach(() => agent.close());

const queueFile = (): QueueFile => databagOf([...rules.values()], cloud);
const change = (port: number, changed: Partial<RuleRecord>): void => {
  rules.set(port, { ...rules.get(port)!, ...changed });
};

/** As `DataBag.save` does: in place, so that half of it may be read on the way. */
async function write(file: QueueFile): Promise<void> {
  const text = JSON.stringify(storedDatabag(file));
  const handle = await open(stored, 'w');
  await handle.write(text.slice(0, text.length / 2));
  await handle.write(text.slice(text.length / 2));
  await handle.close();
}

/** As the shim in CloudStack's own step: the scripts merge the file into the databag, and the agent says how it ended. */
async function step(): Promise<ExecResult & { milliseconds: number }> {
  const file = join(agent.lab.dir, 'queue.json');
  await writeFile(file, JSON.stringify(queueFile()));
  const began = performance.now();
  await write(queueFile());
  const submitted = await limpet(['agent', 'submit', '--databag', file, '--config', agent.config], agent.lab.exec);
  return { ...submitted, milliseconds: Math.round(performance.now() - began) };
}

/** Of each client, the VMs that its connections reach, one after the other: of two at once neither may know the other. */
async function reachedBy(port: number): Promise<string[][]> {
  const clients = ['198.18.0.1', '198.18.0.2', '198.18.0.3'];
  const reached = clients.map(() => new Set<string>());
  for (let round = 0; round < 4; round++) {
    const answers = await agent.lab.clients.ask(clients.map((client) => ({ client, ip, port, protocol: 'tcp' })));
    for (const [at, answer] of answers.entries()) reached[at]!.add(answer.ok ? answer.vm : answer.error);
  }
  return reached.map((each) => [...each]);
}
const sticksAt = async (port: number): Promise<boolean> =>
  (await reachedBy(port)).every((reached) => reached.length === 1 && reached[0]!.startsWith('vm'));

it('has each change of 50 rules in force with one write, as apache/cloudstack#9583 has not', async () => {
  expect(await step()).toMatchObject({ code: 0, stderr: '' });
  const took: number[] = [];
  for (const [at, port] of plain.slice(0, changes).entries()) {
    // The reporter's steps: the group is disabled, its stickiness is changed, and it is enabled again.
    if (at % 5 === 0) {
      change(port, { members: [] });
      const disabled = await step();
      expect(disabled.code).toBe(0);
      expect(await reachedBy(port)).toEqual([['closed'], ['closed'], ['closed']]);
      change(port, { stickiness: sticky });
      expect((await step()).code).toBe(0);
      change(port, { members });
    } else change(port, { stickiness: sticky });
    const enabled = await step();
    expect(enabled).toMatchObject({ code: 0, stderr: '' });
    took.push(enabled.milliseconds);
    expect([port, await sticksAt(port)]).toEqual([port, true]);
  }
  const { inForce, rules: statuses } = await agent.client.status();
  expect({ inForce, count: statuses.length }).toEqual({ inForce: true, count: 50 });
  const all = [...plain.slice(0, changes), ...stickyFromTheStart];
  expect((await Promise.all(all.map(sticksAt))).every(Boolean)).toBe(true);
  expect(agent.violations).toEqual([]);
  const sorted = took.toSorted((a, b) => a - b);
  console.log(
    `in force after, ms: median ${sorted[sorted.length >> 1]}, most ${sorted.at(-1)}, of ${took.length} changes`,
  );
});

it('says of each file whether it is in force or refused, and has the last of many that nobody submits', async () => {
  change(8100, { ip: '192.0.2.1' });
  expect(await step()).toMatchObject({
    code: 2,
    stdout: expect.stringMatching(/^192\.0\.2\.1:8100: AddressNotLocal: /m),
  });
  expect(await reachedBy(8101)).not.toContainEqual(['closed']);
  change(8100, { ip });
  expect((await step()).code).toBe(0);
  for (const port of plain.slice(0, 10)) {
    change(port, { members: members.slice(0, 1) });
    await write(queueFile());
  }
  const only = vms[0]!.vm;
  await expect.poll(() => reachedBy(plain[9]!)).toEqual([[only], [only], [only]]);
  for (const port of plain.slice(0, 10)) expect(await reachedBy(port)).toEqual([[only], [only], [only]]);
});
