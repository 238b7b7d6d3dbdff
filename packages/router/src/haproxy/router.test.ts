import type { CommandResult, RuleRecord } from '@limpet/contract';
import { createMemoryDataPlane } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { installedConfig } from '../../testing/installed-config.ts';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import { createHaproxyRouter } from './router.ts';

const ip = '10.0.53.2';
const members = ['vm1', 'vm2', 'vm3'].map((vm) => member(vm));

const open = async (rules: readonly Partial<RuleRecord>[] = [{}]) => {
  const dataPlane = createMemoryDataPlane({ localAddresses: [ip] });
  await dataPlane.vms.start(['vm1', 'vm2', 'vm3', 'vm4'].map((vm) => member(vm)));
  const router = await createHaproxyRouter({ dataPlane, dir: '/limpet' });
  let generation = 0;
  const put = (change: Partial<RuleRecord>, at = ++generation): Promise<CommandResult> =>
    router.putRule({ type: 'putRule', rule: rule({ members, ...change }), generation: at });
  const remove = (port: number, at = ++generation): Promise<CommandResult> =>
    router.removeRule({ type: 'removeRule', key: { ip, port }, generation: at });
  await Promise.all(rules.map((change) => put(change)));
  const ask = (client: string, port = 8080) => ({ client, ip, port, protocol: 'tcp' as const });
  /** Members that answer fresh connections of one client. */
  const reached = async (client: string, port = 8080): Promise<string[]> => {
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const [answer] = await dataPlane.clients.ask([ask(client, port)]);
      seen.add(answer!.ok ? answer!.vm : answer!.error);
    }
    return [...seen].sort();
  };
  return { dataPlane, router, put, remove, ask, reached };
};

const condition = ({ rules }: CommandResult, type: string): string => {
  const found = rules[0]?.conditions.find((each) => each.type === type);
  return `${found?.status} ${found?.reason}`;
};

describe('the haproxy router', () => {
  it('brings stickiness into force beside rules with the same parameters, without a reload (apache/cloudstack#9583)', async () => {
    const { router, put, reached } = await open([
      {},
      { port: 81, stickiness: sourceBased },
      { port: 82, stickiness: sourceBased },
    ]);
    expect(await reached('198.18.0.1')).toHaveLength(3);
    const result = await put({ stickiness: sourceBased });
    expect(result.outcome).toBe('applied');
    expect(condition(result, 'InForce')).toBe('True Verified');
    expect(await reached('198.18.0.1')).toHaveLength(1);
    expect(router.stats().reloads).toBe(0);
  });

  it('leaves each client where most of its held connections are, and ends the others', async () => {
    const { dataPlane, put, ask, reached } = await open();
    const held = await dataPlane.clients.hold(Array.from({ length: 4 }, () => ask('198.18.0.1')));
    const counts = new Map<string, number>();
    for (const { answer } of held) if (answer.ok) counts.set(answer.vm, (counts.get(answer.vm) ?? 0) + 1);
    const favourite = [...counts].find(([, count]) => count === 2)![0];
    await put({ stickiness: sourceBased });
    const after = await dataPlane.clients.askHeld(held.map(({ id }) => id));
    expect(after.filter(({ ok }) => ok)).toEqual([
      { ok: true, vm: favourite },
      { ok: true, vm: favourite },
    ]);
    expect(await reached('198.18.0.1')).toEqual([favourite]);
  });

  it("ends held connections on the old worker after a change that needs a reload, and nobody else's", async () => {
    const { dataPlane, router, put, ask } = await open([{}, { port: 81 }]);
    const held = await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1', 81)]);
    await put({ algorithm: 'source' });
    const after = await dataPlane.clients.askHeld(held.map(({ id }) => id));
    expect(after.map(({ ok }) => ok)).toEqual([false, true]);
    expect(router.stats().reloads).toBe(1);
  });

  it('gives stickiness up again without a reload', async () => {
    const { router, put, reached } = await open([{ stickiness: sourceBased }]);
    expect(await reached('198.18.0.1')).toHaveLength(1);
    await put({});
    expect(await reached('198.18.0.1')).toHaveLength(3);
    expect(router.stats().reloads).toBe(0);
  });

  it('adds and removes members without a reload, and moves no sticky client but those of the removed one', async () => {
    const { dataPlane, router, put, reached } = await open([{ stickiness: sourceBased }]);
    const clients = Array.from({ length: 12 }, (_, i) => `198.18.0.${i + 1}`);
    const before = new Map(
      await Promise.all(clients.map(async (client) => [client, (await reached(client))[0]!] as const)),
    );
    await put({ stickiness: sourceBased, members: [...members, member('vm4')] });
    await put({ stickiness: sourceBased, members: [member('vm2'), member('vm3'), member('vm4')] });
    await dataPlane.vms.destroy(['vm1']);
    for (const client of clients.filter((each) => before.get(each) !== 'vm1')) {
      expect(await reached(client)).toEqual([before.get(client)]);
    }
    expect(await reached(clients.find((each) => before.get(each) === 'vm1')!)).not.toContain('vm1');
    expect(router.stats().reloads).toBe(0);
  });

  it('keeps a drained member for those that have it only', async () => {
    const { put, reached } = await open([{ stickiness: sourceBased }]);
    const [vm] = await reached('198.18.0.1');
    await put({
      stickiness: sourceBased,
      members: members.map((each) => ({ ...each, state: each.vm === vm ? 'draining' : 'serving' })),
    });
    expect(await reached('198.18.0.1')).toEqual([vm]);
    for (let i = 2; i < 10; i++) expect(await reached(`198.18.0.${i}`)).not.toContain(vm);
  });

  it('opens and closes the port with the rule (B19)', async () => {
    const { dataPlane, remove, reached } = await open([{}, { port: 81 }]);
    await remove(81);
    expect(await reached('198.18.0.1', 81)).not.toEqual(['vm1', 'vm2', 'vm3']);
    expect(await dataPlane.packetFilter.save()).not.toContain('--dport 81 ');
    expect(await reached('198.18.0.1')).toHaveLength(3);
  });

  it('restores files and chain when a rule is added and removed again (B21)', async () => {
    const { dataPlane, put, remove } = await open([{}, { port: 82 }]);
    const snapshot = async () => [
      await installedConfig(dataPlane),
      await dataPlane.files.read('/limpet/stick.map'),
      (await dataPlane.packetFilter.save()).replaceAll(/\[.*\]|^#.*$/gm, ''),
    ];
    const before = await snapshot();
    await put({ port: 81 });
    expect(await snapshot()).not.toEqual(before);
    await remove(81);
    expect(await snapshot()).toEqual(before);
  });

  it('refuses a rule on a foreign address alone; the others go on (B12)', async () => {
    const { put, reached } = await open();
    const [bad, good] = await Promise.all([put({ ip: '203.0.113.9' }), put({ port: 81 })]);
    expect(bad.outcome).toBe('refused');
    expect(condition(bad, 'Accepted')).toBe('False AddressNotLocal');
    expect(good.outcome).toBe('applied');
    expect(await reached('198.18.0.1', 81)).toHaveLength(3);
  });

  it('answers a late command with superseded, and a repeated one with what is there', async () => {
    const { router, put, reached } = await open();
    await put({ stickiness: sourceBased }, 10);
    expect((await put({}, 9)).outcome).toBe('superseded');
    expect(await reached('198.18.0.1')).toHaveLength(1);
    const stats = router.stats();
    const again = await put({ stickiness: sourceBased }, 10);
    expect([again.outcome, condition(again, 'InForce')]).toEqual(['applied', 'True Verified']);
    expect(router.stats()).toEqual(stats);
  });

  it('has the same after a restart of its own, from what it stored', async () => {
    const { dataPlane, put } = await open();
    await put({ stickiness: sourceBased });
    const config = await installedConfig(dataPlane);
    const again = await createHaproxyRouter({ dataPlane, dir: '/limpet' });
    expect(
      (await again.putRule({ type: 'putRule', rule: rule({ members, stickiness: sourceBased }), generation: 2 }))
        .outcome,
    ).toBe('applied');
    expect(await installedConfig(dataPlane)).toBe(config);
    expect(again.stats()).toEqual({ reloads: 0, runtimeOps: 0 });
  });
});
