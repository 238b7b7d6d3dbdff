import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databagOf, defaultSettings, storedDatabag, unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { rule } from '@limpet/operations/testing';
import { afterEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type AgentInMemory, ip, openAgent, vms } from '../../testing/agents.ts';
import { AgentClient } from '../client/agent-client.ts';

const opened: AgentInMemory[] = [];
afterEach(async () => {
  for (const agent of opened.splice(0)) await agent.close();
});

/** An agent whose input is a file with this content. */
async function open(kind: 'file' | 'databag', content: string, haproxy: object = {}, nonlocalBind = false) {
  const outer = await openAgent();
  opened.push(outer);
  const path = join(outer.folder, 'input');
  await writeFile(path, content);
  const dataPlane = createMemoryDataPlane({ localAddresses: [ip, '203.0.113.12'] });
  dataPlane.kernel.nonlocalBind = nonlocalBind;
  await dataPlane.vms.start(vms);
  const agent = await openAgent({ input: { kind, path }, haproxy, dataPlane });
  opened.push(agent);
  return { agent, path, client: new AgentClient(agent.socket) };
}

const cloud = { ...defaultSettings, omit: unprivileged };
const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
const ports = (...each: number[]): RuleRecord[] => each.map((port) => rule({ ip, port, members }));
const bag = (rules: readonly RuleRecord[]) => storedDatabag(databagOf(rules, cloud));
/** By port, whether the rule is in force. */
const inForce = async ({ agent }: AgentInMemory): Promise<Record<number, string>> => {
  const statuses = await agent.driver.statuses();
  return Object.fromEntries(statuses.map(({ key, conditions }) => [key.port, conditions.at(-1)?.status ?? '']));
};
/** By port, the reason of the rule's last condition. */
const reasons = async ({ agent }: AgentInMemory): Promise<Record<number, string>> => {
  const statuses = await agent.driver.statuses();
  return Object.fromEntries(statuses.map(({ key, conditions }) => [key.port, conditions.at(-1)?.reason ?? '']));
};
const ready = async (agent: AgentInMemory): Promise<string[]> => (await agent.ask('GET', '/readyz')).body.why;

it('a rules file is in force as it changes; what cannot be read changes nothing, and readyz says why', async () => {
  const file = (...rules: object[]) => stringify({ rules, settings: { maxConnections: 5000 } });
  const web = { ip, port: 80, members: vms };
  const { agent, path } = await open('file', file(web));
  await expect.poll(() => inForce(agent)).toEqual({ 80: 'True' });
  expect(agent.agent.driver.router.settings.maxConnections).toBe(5000);

  await writeFile(path, file(web, { ...web, prot: 81 }));
  await expect.poll(() => ready(agent)).toEqual([expect.stringMatching(/rules\[1\]\.prot: unknown key; did you mean/)]);
  expect(await inForce(agent)).toEqual({ 80: 'True' });
  await writeFile(path, file({ ...web, port: 81 }));
  await expect.poll(() => inForce(agent)).toEqual({ 81: 'True' });
  await expect.poll(() => ready(agent)).toEqual([]);
});

it('another input begins with what the former one left, until it says what is desired', async () => {
  const folder = await openAgent();
  opened.push(folder);
  const path = join(folder.folder, 'input');
  const dataPlane = createMemoryDataPlane({ localAddresses: [ip] });
  await dataPlane.vms.start(vms);
  const begin = async (input: object): Promise<AgentInMemory> => {
    await opened.at(-1)!.agent.stop();
    opened.push(await openAgent({ input, dataPlane }));
    return opened.at(-1)!;
  };

  const api = await begin({ kind: 'api' });
  for (const port of [80, 81]) {
    await api.ask('PUT', `/v1/rules/${ip}:${port}`, { members: vms }, { 'if-none-match': '*' });
  }
  const file = await begin({ kind: 'file', path });
  await expect.poll(() => ready(file)).toEqual([expect.stringMatching(/^cannot read .*: ENOENT/)]);
  expect(await inForce(file)).toEqual({ 80: 'True', 81: 'True' });
  await writeFile(path, stringify({ rules: [{ ip, port: 81, members: vms }], settings: { maxConnections: 5000 } }));
  await expect.poll(() => inForce(file)).toEqual({ 81: 'True' });
  expect(file.agent.driver.router.settings.maxConnections).toBe(5000);

  const databag = await begin({ kind: 'databag', path });
  await expect.poll(() => ready(databag)).toEqual([expect.stringContaining(path)]);
  expect(await inForce(databag)).toEqual({ 81: 'True' });
  await writeFile(path, JSON.stringify(bag(ports(82))));
  await expect.poll(() => inForce(databag)).toEqual({ 82: 'True' });

  const again = await begin({ kind: 'api' });
  expect(await ready(again)).toEqual([]);
  expect(await inForce(again)).toEqual({ 82: 'True' });
  expect(again.agent.driver.router.settings).toEqual(databag.agent.driver.router.settings);
  await again.ask('PUT', '/v1/rules', { rules: [], settings: { maxConnections: 3000 } }, { 'if-match': '*' });
  expect(again.agent.driver.router.settings).toMatchObject({ maxConnections: 3000 });
  expect(await inForce(again)).toEqual({});
});

it('both routers of a pair have one file, and each agent’s configuration says which one it is', async () => {
  const peers = [ip, '203.0.113.11'].map((address, at) => ({ name: `r-${5 + at}-VM`, ip: address }));
  const elsewhere = '203.0.113.50';
  const content = stringify({ settings: { pair: { peers } }, rules: [{ ip: elsewhere, port: 80, members: vms }] });
  const { agent, path } = await open('file', content, { settings: { pair: { self: 'r-5-VM' } } }, true);
  await expect.poll(() => reasons(agent)).toEqual({ 80: 'Standby' });
  expect(agent.agent.driver.router.settings.pair).toEqual({ self: 'r-5-VM', peers });
  expect(await ready(agent)).toEqual([]);
  await writeFile(path, stringify({ rules: [{ ip: elsewhere, port: 80, members: vms }] }));
  await expect.poll(() => ready(agent)).toEqual([expect.stringMatching(/settings\.pair\.peers: .*it is missing/)]);
  expect(await reasons(agent)).toEqual({ 80: 'Standby' });
});

it('a databag is in force as CloudStack writes it, and a rule with a line that is not known is refused alone', async () => {
  const { agent, path } = await open('databag', JSON.stringify(bag(ports(80, 81))));
  await expect.poll(() => inForce(agent)).toEqual({ 80: 'True', 81: 'True' });
  const bad = JSON.stringify(bag(ports(80, 81, 82))).replace('203_0_113_10-81', '203_0_113_10-81","\\tstrange line');
  await writeFile(path, bad);
  await expect.poll(() => inForce(agent)).toEqual({ 80: 'True', 81: 'False', 82: 'True' });
  const { body } = await agent.ask('GET', '/v1/status');
  expect(body.inForce).toBe(false);
});

it('a databag that is handed over is answered when each rule is in force or refused', async () => {
  const { client, agent } = await open('databag', JSON.stringify(bag([])));
  for (let port = 100; port < 110; port++) {
    const wanted = ports(...Array.from({ length: port - 99 }, (_, at) => 100 + at));
    const applied = await client.submit(databagOf(wanted, cloud), 'queue.json');
    expect(applied).toMatchObject({ changes: true, inForce: true });
    expect(applied.rules).toHaveLength(wanted.length);
  }
  expect(Object.values(await inForce(agent))).toEqual(Array.from({ length: 10 }, () => 'True'));
  const elsewhere = await client.submit(bag([rule({ ip: '192.0.2.1', port: 80, members })]), 'queue.json');
  expect(elsewhere).toMatchObject({ inForce: false });
  await expect(client.submit({ rules: [] }, 'queue.json')).rejects.toMatchObject({
    code: 'DATABAG_INVALID',
    message: expect.stringMatching(/^queue\.json: /),
  });
});

it('an agent with another input takes no databag', async () => {
  const agent = await openAgent();
  opened.push(agent);
  const client = new AgentClient(agent.socket);
  await expect(client.submit(bag([]), 'queue.json')).rejects.toMatchObject({ code: 'INPUT_ELSEWHERE' });
});
