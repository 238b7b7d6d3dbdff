import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivileged } from '@limpet/cloudstack';
import type { RuleRecord } from '@limpet/contract';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import type { Answer, Ask } from '@limpet/lab';
import { rule } from '@limpet/operations/testing';
import { createCloudStackRouter } from '@limpet/router';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AgentInLab, openAgentInLab } from '../../../testing/agent-in-lab.ts';

const ip = '10.0.53.2';
const vms = ['vm11', 'vm12', 'vm13'].map((vm) => ({ vm, ip: `10.1.1.${vm.slice(2)}`, port: 8080 }));
const members = vms.map((vm) => ({ ...vm, state: 'serving' as const }));
const sourceBased = { method: 'SourceBased' as const, tableSize: 204_800, expireSeconds: 1800 };
const lbCookie = {
  ...{ method: 'LbCookie' as const, cookieName: 'LB', mode: 'insert' as const },
  ...{ nocache: false, indirect: false, postonly: false, domains: [] },
};
const rules: RuleRecord[] = [
  rule({ ip, members, port: 80, protocol: 'http', stickiness: lbCookie }),
  rule({ ip, members, port: 8091, protocol: 'http' }),
  rule({ ip, members, port: 8082 }),
  rule({ ip, members, port: 8083, algorithm: 'leastconn', stickiness: sourceBased }),
  rule({ ip, members, port: 8084, algorithm: 'source' }),
];
const clients = ['198.18.0.1', '198.18.0.2', '198.18.0.3', '198.18.0.4'];
const asks: Ask[] = rules.flatMap(({ port, protocol }) =>
  clients.map((client) => ({ client, ip, port, protocol: protocol === 'http' ? ('http' as const) : ('tcp' as const) })),
);
const vmOf = (answer: Answer): string => (answer.ok ? answer.vm : `failed: ${answer.error}`);

let agent: AgentInLab;
beforeEach(async () => {
  // A client whose first packet is not answered sends it again, after 1 s, 3 s, 7 s.
  agent = await openAgentInLab({ publicIps: [ip], vms, timeoutMs: 60_000 });
});
afterEach(() => agent.close());

it('takes over what CloudStack has configured: no request fails, and cookies and held connections stay where they are', async () => {
  const { lab, client } = agent;
  const own = join(lab.dir, 'cloudstack');
  await mkdir(own);
  const paths = { config: join(own, 'haproxy.cfg'), databag: join(own, 'loadbalancer.json') };
  const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: own, clock: systemClock });
  const cloudstack = await createCloudStackRouter({
    dataPlane,
    paths,
    settings: { omit: unprivileged, statsSocket: join(own, 'admin.sock'), withoutClientCas: true },
  });
  const versioned = rules.map((each, at) => ({ rule: each, generation: at + 1 }));
  await cloudstack.syncRules({ type: 'syncRules', snapshot: { rules: versioned, revision: rules.length } });
  expect(await dataPlane.haproxy.check(paths.config)).toMatchObject({ ok: true });
  const first = await lab.clients.ask(asks);
  expect(first.map(vmOf).filter((vm) => vm.startsWith('failed'))).toEqual([]);
  const withCookies = asks.map((ask, at) => {
    const answer = first[at]!;
    return answer.ok && answer.cookies ? { ...ask, cookies: answer.cookies } : ask;
  });
  expect(withCookies.filter(({ cookies }) => cookies?.LB !== undefined)).toHaveLength(clients.length);
  // CloudStack's HAProxy closes an HTTP connection after each answer; those of TCP stay.
  const held = await lab.clients.hold(asks.filter(({ protocol }) => protocol === 'tcp'));

  let ended = false;
  const failed: string[] = [];
  let requests = 0;
  const use = async (): Promise<void> => {
    while (!ended) {
      const answers = (await lab.clients.ask(withCookies)).map(vmOf);
      failed.push(...answers.flatMap((vm, at) => (vm.startsWith('failed') ? [`${asks[at]!.port} ${vm}`] : [])));
      // Whoever shows a cookie is answered by its VM, whichever HAProxy answers.
      const strayed = answers.filter((vm, at) => withCookies[at]!.cookies?.LB !== undefined && vm !== vmOf(first[at]!));
      failed.push(...strayed.map((vm) => `a client with a cookie is on ${vm}`));
      requests += answers.length;
      await sleep(20); // the load of clients, not all that the machine can do
    }
  };
  const using = use();

  const states = async (): Promise<string[]> =>
    (await client.status()).rules.map(({ key, conditions }) => {
      const said = conditions.find(({ status }) => status === 'False') ?? conditions.at(-1)!;
      return `${key.port} ${said.status} ${said.reason}`;
    });
  const all = (state: string): string[] => rules.map(({ port }) => `${port} ${state}`);
  await agent.start({ input: { kind: 'databag', path: paths.databag }, haproxy: { driftPeriod: '200ms' } });
  await expect.poll(states).toEqual(all('False PortInUse'));

  // As docs/cloudstack-router.md says: nobody is refused between the two, since whoever comes then is not answered yet.
  const hold = ['INPUT', '-p', 'tcp', '--syn', '-d', ip, '-j', 'DROP'];
  await lab.exec('iptables', ['-w', '-I', ...hold]);
  expect((await lab.exec('pkill', ['-USR1', '-F', join(own, 'haproxy.pid')])).code).toBe(0);
  const listeners = async (): Promise<string> => (await lab.exec('ss', ['-ltnH', `src ${ip}`])).stdout;
  await expect.poll(async () => (await states()).some((state) => state.includes('PortInUse'))).toBe(false);
  await expect.poll(listeners).toMatch(/:8084 /);
  await lab.exec('iptables', ['-w', '-D', ...hold]);
  await expect.poll(states).toEqual(all('True Verified'));
  const before = requests;
  await expect.poll(() => requests).toBeGreaterThan(before + 2 * asks.length);
  ended = true;
  await using;

  expect(failed).toEqual([]);
  // What was open stays with the HAProxy that has it, as over a reload of CloudStack's own.
  const still = await lab.clients.askHeld(held.map(({ id }) => id));
  expect(still.map(vmOf)).toEqual(held.map(({ answer }) => vmOf(answer)));
  expect(still.every(({ ok }) => ok)).toBe(true);
  expect((await client.status()).inForce).toBe(true);
  expect(agent.violations).toEqual([]);
  console.log(`${requests} requests during the hand-over, ${failed.length} failed`);
});
