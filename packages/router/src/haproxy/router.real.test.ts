import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult, RuleRecord } from '@limpet/contract';
import { createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { can } from '../../testing/capabilities.ts';
import { installedConfig } from '../../testing/installed-config.ts';
import { member, noStickiness, rule, sourceBased } from '../../testing/rules.ts';
import type { Router } from '../router.ts';
import { createHaproxyRouter } from './router.ts';

const ip = '10.0.53.2';
const members = ['vm11', 'vm12', 'vm13'].map((vm) => member(vm));
const clients = Array.from({ length: 8 }, (_, i) => `198.18.0.${i + 1}`);

let lab: Lab;
let router: Router;
let dataPlane: DataPlane;
let generation: number;

const open = (): Promise<Router> => {
  dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir: lab.dir, clock: systemClock });
  return createHaproxyRouter({ dataPlane, dir: lab.dir, settings: { drainDeadlineMs: 100 } });
};

beforeEach(async () => {
  lab = await borrowLab({ publicIps: [ip], vms: [...members, member('vm14')] });
  generation = 0;
  router = await open();
});

afterEach(async () => {
  await router.close();
  await lab.close();
});

const put = (change: Partial<RuleRecord> = {}): Promise<CommandResult> =>
  router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation: ++generation });

const ask = (client: string, port = 8080) => ({ client, ip, port, protocol: 'tcp' as const });

/** The members that each client's fresh connections reach; one connection of a client after the other. */
const reached = async (port = 8080): Promise<Map<string, Set<string>>> => {
  const seen = new Map(clients.map((client) => [client, new Set<string>()]));
  for (let i = 0; i < 4; i++) {
    const order = i % 2 === 0 ? clients : clients.toReversed();
    const answers = await lab.clients.ask(order.map((client) => ask(client, port)));
    for (const [at, answer] of answers.entries()) seen.get(order[at]!)!.add(answer.ok ? answer.vm : answer.error);
  }
  return seen;
};
const spread = async (port = 8080): Promise<number> =>
  Math.max(...[...(await reached(port)).values()].map(({ size }) => size));

describe('the haproxy router on a real HAProxy', () => {
  it('brings stickiness into force on fresh and held connections, and touches no other rule', async () => {
    await Promise.all([put(), put({ port: 81, stickiness: sourceBased }), put({ port: 82 })]);
    expect(await spread()).toBeGreaterThan(1);
    const held = await lab.clients.hold([...clients, ...clients, ...clients].map((client) => ask(client)));
    const others = await lab.clients.hold([81, 82].flatMap((port) => clients.map((client) => ask(client, port))));
    const result = await put({ stickiness: sourceBased });
    expect(result.rules[0]?.conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Accepted True',
      'Programmed True',
      'InForce True',
    ]);
    const fresh = await reached();
    const answers = await lab.clients.askHeld(held.map(({ id }) => id));
    for (const [at, answer] of answers.entries()) {
      const client = clients[at % clients.length]!;
      expect(fresh.get(client)!.size).toBe(1);
      if (answer.ok) expect([...fresh.get(client)!]).toEqual([answer.vm]);
    }
    expect(answers.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(clients.length);
    expect((await lab.clients.askHeld(others.map(({ id }) => id))).every(({ ok }) => ok)).toBe(true);
    expect(router.stats().reloads).toBe(0);
  });

  it('keeps every sticky client where it is over a reload that another rule needs', async () => {
    await Promise.all([put({ stickiness: sourceBased }), put({ port: 81 })]);
    const before = await reached();
    await put({ port: 81, algorithm: 'source' });
    expect(router.stats().reloads).toBe(1);
    expect(await reached()).toEqual(before);
    expect(await spread(81)).toBe(1);
  });

  it('names the one rule whose port is taken, keeps it away, and serves all others (apache/cloudstack#4285)', async () => {
    await put();
    const squatter = lab.spawn('socat', [`TCP-LISTEN:9090,bind=${ip},fork`, 'PIPE']);
    try {
      await expect.poll(async () => (await lab.exec('ss', ['-Hltn', 'sport', '=', '9090'])).stdout).toContain('9090');
      const [taken, ...free] = await Promise.all([put({ port: 9090 }), put({ port: 91 }), put({ port: 92 })]);
      expect(taken.outcome).toBe('refused');
      expect(taken.rules[0]?.conditions.find(({ type }) => type === 'Programmed')).toMatchObject({
        status: 'False',
        reason: 'PortInUse',
      });
      expect(free.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
      expect(await spread(91)).toBeGreaterThan(1);
      expect(await installedConfig(dataPlane, lab.dir)).not.toContain(':9090');
      expect((await lab.exec('iptables-save', [])).stdout).not.toContain('--dport 9090');
    } finally {
      squatter.kill();
      await once(squatter, 'close');
    }
    expect(
      (await router.putRule({ type: 'putRule', rule: rule({ members, port: 9090 }), generation: 2 })).outcome,
    ).toBe('applied');
    expect(await spread(9090)).toBeGreaterThan(1);
  });

  it('names the one rule whose port is taken also when HAProxy has to be started first', async () => {
    const squatter = lab.spawn('socat', [`TCP-LISTEN:9090,bind=${ip},fork`, 'PIPE']);
    try {
      await expect.poll(async () => (await lab.exec('ss', ['-Hltn', 'sport', '=', '9090'])).stdout).toContain('9090');
      const [free, taken] = await Promise.all([put({ stickiness: sourceBased }), put({ port: 9090 })]);
      expect([free.outcome, taken.outcome]).toEqual(['applied', 'refused']);
      expect(await spread()).toBe(1);
    } finally {
      squatter.kill();
      await once(squatter, 'close');
    }
  });

  it('serves nothing when the last rule is gone, and goes on with the next one', async () => {
    await put();
    const held = await lab.clients.hold(clients.map((client) => ask(client)));
    const removed = await router.removeRule({ type: 'removeRule', key: { ip, port: 8080 }, generation: ++generation });
    expect(removed.outcome).toBe('applied');
    expect((await lab.clients.askHeld(held.map(({ id }) => id))).some(({ ok }) => ok)).toBe(false);
    expect((await put({ port: 81 })).outcome).toBe('applied');
    expect(await spread(81)).toBeGreaterThan(1);
  });

  it('ends the connections of a changed rule on an old worker, also the last ones that it holds', async () => {
    await put();
    const held = await lab.clients.hold(clients.map((client) => ask(client)));
    const result = await put({ algorithm: 'source' });
    expect(result.outcome).toBe('applied');
    expect((await lab.clients.askHeld(held.map(({ id }) => id))).some(({ ok }) => ok)).toBe(false);
    expect(await spread()).toBe(1);
  });

  it('ends the connections to the former address of a member that moved', async () => {
    await put();
    const held = await lab.clients.hold(clients.map((client) => ask(client)));
    const moved = member('vm11', { ip: member('vm14').ip });
    expect((await put({ members: [moved, ...members.slice(1)] })).outcome).toBe('applied');
    const answers = await lab.clients.askHeld(held.map(({ id }) => id));
    for (const [at, { answer }] of held.entries()) {
      expect(answers[at]!.ok).toBe(answer.ok && answer.vm !== 'vm11');
    }
    expect(new Set([...(await reached()).values()].flatMap((each) => [...each]))).toEqual(
      new Set(['vm12', 'vm13', 'vm14']),
    );
    expect(router.stats().reloads).toBe(0);
  });

  it('starts HAProxy anew when it has died, with all rules', async () => {
    await Promise.all([put({ stickiness: sourceBased }), put({ port: 81 })]);
    const pid = (await readFile(join(lab.dir, 'haproxy.pid'), 'utf8')).trim();
    await lab.exec('kill', ['-KILL', pid]);
    await expect.poll(async () => (await lab.exec('ss', ['-Hltn', 'sport', '=', '8080'])).stdout).toBe('');
    expect((await put({ port: 82 })).outcome).toBe('applied');
    expect(await spread()).toBe(1);
    expect(await spread(81)).toBeGreaterThan(1);
    expect(await spread(82)).toBeGreaterThan(1);
  });

  it('drains a member that leaves, then forgets its server, and gives a newcomer an id of its own', async () => {
    await put({ stickiness: sourceBased });
    const before = await reached();
    const held = await lab.clients.hold(clients.map((client) => ask(client)));
    const kept = members.filter(({ vm }) => vm !== 'vm11');
    await put({ stickiness: sourceBased, members: [...kept, member('vm14')] });
    const answers = await lab.clients.askHeld(held.map(({ id }) => id));
    for (const [at, client] of clients.entries()) {
      expect(answers[at]!.ok).toBe([...before.get(client)!][0] !== 'vm11');
    }
    const after = await reached();
    for (const client of clients) {
      if (!before.get(client)!.has('vm11')) expect(after.get(client)).toEqual(before.get(client));
      else expect(after.get(client)).not.toContain('vm11');
    }
    expect((await installedConfig(dataPlane, lab.dir)).match(/server vm\d+ .*/g)).toEqual([
      'server vm12 10.1.1.12:80 id 2 weight 1',
      'server vm13 10.1.1.13:80 id 3 weight 1',
      'server vm14 10.1.1.14:80 id 4 weight 1',
    ]);
    expect(router.stats().reloads).toBe((await can(dataPlane, 'dynamicServers')) ? 0 : 1);
  });

  it('admits only the networks of the list, and ends connections from elsewhere', async () => {
    await put();
    const held = await lab.clients.hold([ask('198.18.0.1'), ask('198.18.1.1')]);
    await put({ cidrs: ['198.18.0.0/24'] });
    expect((await lab.clients.askHeld(held.map(({ id }) => id))).map(({ ok }) => ok)).toEqual([true, false]);
    const [inside, outside] = await lab.clients.ask([ask('198.18.0.2'), ask('198.18.1.2')]);
    expect([inside!.ok, outside!.ok]).toEqual([true, false]);
    expect(router.stats().reloads).toBe(0);
  });

  it('serves http rules: requests on one kept connection obey a new policy at once', async () => {
    const http = (client: string) => ({ ...ask(client), protocol: 'http' as const });
    await put({ protocol: 'http', stickiness: noStickiness });
    const [held] = await lab.clients.hold([http('198.18.0.1')]);
    await put({ protocol: 'http', stickiness: sourceBased });
    const seen = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const [fresh] = await lab.clients.ask([http('198.18.0.1')]);
      const [again] = await lab.clients.askHeld([held!.id]);
      for (const answer of [fresh!, again!]) seen.add(answer.ok ? answer.vm : answer.error);
    }
    expect([...seen].filter((each) => each !== 'closed')).toHaveLength(1);
  });
});
