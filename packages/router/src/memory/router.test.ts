import type { Command, RuleRecord, Stickiness } from '@limpet/contract';
import { dispatch } from '@limpet/contract';
import { createMemoryDataPlane } from '@limpet/data-plane';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asks, clientAddresses, PORT, PUBLIC, shuffled } from '../../testing/memory-asks.ts';
import { lbCookie } from '../../testing/rules.ts';
import { createMemoryRouter } from './router.ts';

const source: Stickiness = { method: 'SourceBased', tableSize: 1000, expireSeconds: 1800 };
const none: Stickiness = { method: 'none' };

function rule(changes: Partial<RuleRecord> = {}, members: readonly number[] = [1, 2, 3]): RuleRecord {
  return {
    ip: PUBLIC,
    port: PORT,
    protocol: 'tcp',
    algorithm: 'roundrobin',
    cidrs: [],
    stickiness: none,
    members: members.map((vm) => ({ vm: `vm${vm}`, ip: `10.1.1.${vm}`, port: 80, state: 'serving' })),
    ...changes,
  };
}

async function open() {
  const dataPlane = createMemoryDataPlane({ localAddresses: [PUBLIC] });
  await dataPlane.vms.start([1, 2, 3, 4].map((vm) => ({ vm: `vm${vm}`, ip: `10.1.1.${vm}`, port: 80 })));
  const router = createMemoryRouter({ dataPlane });
  return { ...dataPlane, router };
}

const clients = clientAddresses(12);
const twice = clients.flatMap((client) => [client, client]);

describe('a rule', () => {
  it('is served from the put on, and not after its removal', async () => {
    const { router, clients: from } = await open();
    expect((await from.ask(asks(['198.51.100.1'])))[0]).toEqual({ ok: false, error: 'timeout' });
    const { outcome, rules } = await router.putRule({ type: 'putRule', rule: rule(), generation: 1 });
    expect(outcome).toBe('applied');
    expect(rules[0]?.conditions.map(({ type, status }) => [type, status])).toEqual([
      ['Accepted', 'True'],
      ['Programmed', 'True'],
      ['InForce', 'True'],
    ]);
    expect((await from.ask(asks(['198.51.100.1'])))[0]?.ok).toBe(true);
    await router.removeRule({ type: 'removeRule', key: { ip: PUBLIC, port: PORT }, generation: 2 });
    expect((await from.ask(asks(['198.51.100.1'])))[0]).toEqual({ ok: false, error: 'timeout' });
    expect((await router.reportRules({ type: 'reportRules' })).rules).toEqual([]);
  });

  it('binds held connections too when it becomes source-based, and leaves one of each client', async () => {
    const { router, clients: from } = await open();
    await router.putRule({ type: 'putRule', rule: rule(), generation: 1 });
    const held = await from.hold(asks(twice));
    await router.putRule({ type: 'putRule', rule: rule({ stickiness: source }), generation: 2 });
    const still = await from.askHeld(held.map(({ id }) => id));
    const fresh = await from.ask(asks(twice));
    clients.forEach((_, at) => {
      const mine = [...still, ...fresh].filter((_answer, index) => Math.floor(index / 2) % clients.length === at);
      expect(new Set(mine.flatMap((answer) => (answer.ok ? [answer.vm] : []))).size).toBe(1);
    });
    expect(still.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(clients.length);
    expect(router.stats().reloads).toBe(0);
  });

  it.each<[Stickiness['method'], Stickiness]>([
    ['LbCookie', lbCookie],
    ['AppCookie', { method: 'AppCookie', cookieName: 'session', length: 52, holdTimeSeconds: 60, requestLearn: false }],
  ])(
    'keeps clients by %s, through drain and not through maintenance, and gives it up for others',
    async (_, stickiness) => {
      const { router, clients: from } = await open();
      const one = { ...asks(['198.51.100.1'])[0]!, protocol: 'http' as const };
      const reached = async (cookies = {}) => {
        const answers = await from.ask(Array(9).fill({ ...one, cookies }));
        return [...new Set(answers.map((answer) => (answer.ok ? answer.vm : answer.error)))].sort();
      };
      let generation = 0;
      const put = (change: Partial<RuleRecord>) =>
        router.putRule({ type: 'putRule', rule: rule(change), generation: ++generation });
      const withState = (state: 'draining' | 'maintenance', vm: string) =>
        rule().members.map((member) => (member.vm === vm ? { ...member, state } : member));

      await put({ stickiness: source });
      await put({ stickiness });
      expect(await reached()).toEqual(['vm1', 'vm2', 'vm3']);
      const [answer] = await from.ask([{ ...one, session: 'session' }]);
      if (!answer?.ok) throw new Error('no answer');
      expect(await reached(answer.cookies)).toEqual([answer.vm]);
      await put({ stickiness, members: withState('draining', answer.vm) });
      expect(await reached(answer.cookies)).toEqual([answer.vm]);
      await put({ stickiness, members: withState('maintenance', answer.vm) });
      expect(await reached(answer.cookies)).not.toContain(answer.vm);
      await put({ stickiness: source, protocol: 'http' });
      expect(await reached(answer.cookies)).toHaveLength(1);
    },
  );

  it('disturbs neither connections nor clients when members come and others drain', async () => {
    const { router, clients: from } = await open();
    await router.putRule({ type: 'putRule', rule: rule({ stickiness: source }), generation: 1 });
    const held = await from.hold(asks(clients));
    const grown = rule({ stickiness: source }, [1, 2, 3, 4]);
    grown.members[0]!.state = 'draining';
    await router.putRule({ type: 'putRule', rule: grown, generation: 2 });
    const answers = held.map(({ answer }) => answer);
    expect(await from.askHeld(held.map(({ id }) => id))).toEqual(answers);
    expect(await from.ask(asks(shuffled(clients, 7)))).toHaveLength(12);
    expect(await from.ask(asks(clients))).toEqual(answers);
    const newcomers = await from.ask(asks(['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4']));
    expect(newcomers.map((answer) => answer.ok && answer.vm)).not.toContain('vm1');
  });

  it('ends the connections of removed members and of sources that are no longer admitted', async () => {
    const { router, clients: from } = await open();
    await router.putRule({ type: 'putRule', rule: rule({}, [1]), generation: 1 });
    const held = await from.hold(asks(['198.51.100.1', '192.0.2.1']));
    await router.putRule({ type: 'putRule', rule: rule({ cidrs: ['198.51.100.0/24'] }, [1]), generation: 2 });
    const ids = held.map(({ id }) => id);
    expect((await from.askHeld(ids)).map(({ ok }) => ok)).toEqual([true, false]);
    expect((await from.ask(asks(['198.51.100.1', '192.0.2.1']))).map(({ ok }) => ok)).toEqual([true, false]);
    await router.putRule({ type: 'putRule', rule: rule({}, [2]), generation: 3 });
    expect((await from.askHeld(ids)).map(({ ok }) => ok)).toEqual([false, false]);
  });

  it('is refused, and the last good one kept, when its address is not local', async () => {
    const { router } = await open();
    const reloadedExternally = rule({ ip: '203.0.113.9' });
    const { outcome, rules } = await router.putRule({ type: 'putRule', rule: reloadedExternally, generation: 1 });
    expect(outcome).toBe('refused');
    expect(rules[0]).toMatchObject({ generation: 1, observedGeneration: 0 });
    expect(rules[0]?.conditions[0]).toMatchObject({ type: 'Accepted', status: 'False', reason: 'AddressNotLocal' });
    expect((await router.reportRules({ type: 'reportRules' })).rules).toEqual(rules);
    await router.syncRules({ type: 'syncRules', snapshot: { rules: [], revision: 5 } });
    expect((await router.reportRules({ type: 'reportRules' })).rules).toEqual([]);
  });
});

describe('generations', () => {
  it('let no stale command through, nor one for a rule that is gone', async () => {
    const { router } = await open();
    const put = (generation: number, stickiness: Stickiness) =>
      router.putRule({ type: 'putRule', rule: rule({ stickiness }), generation });
    expect((await put(3, source)).outcome).toBe('applied');
    expect((await put(2, none)).outcome).toBe('superseded');
    expect((await put(3, source)).outcome).toBe('applied');
    const key = { ip: PUBLIC, port: PORT };
    expect((await router.removeRule({ type: 'removeRule', key, generation: 2 })).outcome).toBe('superseded');
    expect((await router.removeRule({ type: 'removeRule', key, generation: 4 })).outcome).toBe('applied');
    expect((await put(3, source)).outcome).toBe('superseded');
    await router.syncRules({ type: 'syncRules', snapshot: { rules: [], revision: 9 } });
    expect((await put(8, source)).outcome).toBe('superseded');
    expect((await put(10, source)).outcome).toBe('applied');
    const old = { rules: [], revision: 8 };
    expect((await router.syncRules({ type: 'syncRules', snapshot: old })).outcome).toBe('superseded');
    const newer = await router.syncRules({ type: 'syncRules', snapshot: { rules: [], revision: 9 } });
    expect(newer.rules.map(({ generation }) => generation)).toEqual([10]);
  });

  /** A history of the router, as commands in the order in which they were made. */
  const history = fc
    .array(
      fc.record({
        port: fc.integer({ min: 1, max: 3 }),
        change: fc.constantFrom('source', 'none', 'remove', 'sync'),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((steps): Command[] => {
      const live = new Map<number, { rule: RuleRecord; generation: number }>();
      return steps.map(({ port, change }, at): Command => {
        const generation = at + 1;
        if (change === 'sync') {
          return { type: 'syncRules', snapshot: { rules: [...live.values()], revision: generation } };
        }
        if (change === 'remove') {
          live.delete(port);
          return { type: 'removeRule', key: { ip: PUBLIC, port }, generation };
        }
        const versioned = { rule: rule({ port, stickiness: change === 'source' ? source : none }), generation };
        live.set(port, versioned);
        return { type: 'putRule', ...versioned };
      });
    });

  it('make order and repetition irrelevant', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer(), async (commands, seed) => {
        const inOrder = await open();
        for (const command of commands) await dispatch(inOrder.router, command);
        const disordered = await open();
        for (const command of shuffled([...commands, ...commands], seed)) await dispatch(disordered.router, command);
        const report = async ({ router, packetFilter }: Awaited<ReturnType<typeof open>>) => ({
          rules: (await router.reportRules({ type: 'reportRules' })).rules
            .map(({ key, generation }) => `${key.port} ${generation}`)
            .sort(),
          accepts: (await packetFilter.save()).split('\n').sort(),
        });
        expect(await report(disordered)).toEqual(await report(inOrder));
      }),
      { numRuns: 200 },
    );
  });
});
