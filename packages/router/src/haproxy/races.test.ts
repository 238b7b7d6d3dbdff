import { describe, expect, it } from 'vitest';
import { member, sourceBased } from '../../testing/rules.ts';
import { condition, drainClock, haproxyWith, members, openBench, turns } from '../../testing/test-session.ts';

/** Fails instead of waiting for ever. */
const soon = <T>(promise: Promise<T>): Promise<T | 'unanswered'> =>
  Promise.race([promise, turns(5_000).then(() => 'unanswered' as const)]);

describe('commands that arrive while others are under way', () => {
  it('are looked at, however close to the end of the round before they come', async () => {
    for (let ticks = 0; ticks < 60; ticks++) {
      const { put } = await openBench([]);
      void put({ ip: '203.0.113.9' });
      await turns(ticks);
      expect(await soon(put({ port: 81 })), `after ${ticks} turns`).toMatchObject({ outcome: 'applied' });
    }
  });

  it('are not refused for what an older one did wrong', async () => {
    const checking = Promise.withResolvers<void>();
    const verdict = Promise.withResolvers<void>();
    const { put, reached } = await openBench([{}], {
      change: ({ files, haproxy }) => ({
        haproxy: haproxyWith(haproxy, {
          async check(path) {
            if (!files.get(path)?.includes('leastconn')) return haproxy.check(path);
            checking.resolve();
            await verdict.promise;
            return { ok: false, message: 'not today' };
          },
        }),
      }),
    });
    const bad = put({ algorithm: 'leastconn' });
    await checking.promise;
    const good = put({ algorithm: 'source' });
    verdict.resolve();
    expect((await bad).outcome).toBe('refused');
    expect((await good).outcome).toBe('applied');
    expect(await reached('198.18.0.1')).toHaveLength(1);
  });

  it('answer a repeated refusal, although an older generation has come into force since', async () => {
    const clock = drainClock();
    const { dataPlane, put, ask } = await openBench([{}], { clock });
    await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    const draining = put({ stickiness: sourceBased }, 5);
    await turns();
    const twice = { stickiness: sourceBased, members: [member('vm1'), member('vm1')] };
    expect((await put(twice, 6)).outcome).toBe('refused');
    clock.drainsEnd();
    expect((await draining).outcome).toBe('applied');
    const again = await soon(put(twice, 6));
    expect(again).toMatchObject({ outcome: 'refused' });
  });

  it('do not answer a repeated removal before the first one is through', async () => {
    const clock = drainClock();
    const { dataPlane, remove, ask } = await openBench([{}, { port: 81 }], { clock });
    const [held] = await dataPlane.clients.hold([ask('198.18.0.1', 81)]);
    const first = remove(81, 9);
    await turns();
    const second = remove(81, 9);
    const third = remove(81, 12);
    expect(await Promise.race([first, second, third, turns().then(() => 'draining')])).toBe('draining');
    clock.drainsEnd();
    for (const answer of [first, second, third]) expect(await soon(answer)).toMatchObject({ outcome: 'applied' });
    expect((await dataPlane.clients.askHeld([held!.id]))[0]!.ok).toBe(false);
  });

  it('do not take the proof from the change before', async () => {
    const clock = drainClock();
    let probes = 0;
    const { dataPlane, put, ask } = await openBench([{}], {
      clock,
      change: ({ prober }) => ({
        prober: {
          open: (...args) => {
            probes++;
            return prober.open(...args);
          },
        },
      }),
    });
    await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    const sticky = put({ stickiness: sourceBased });
    await turns();
    const grown = put({ stickiness: sourceBased, members: [...members, member('vm4')] });
    await turns();
    expect(probes).toBe(0);
    clock.drainsEnd();
    expect([(await sticky).outcome, condition(await grown, 'InForce')]).toEqual(['applied', 'True Verified']);
    expect(probes).toBeGreaterThan(0);
  });
});

describe('held connections', () => {
  it('to the former address of a member that moved are ended', async () => {
    const { dataPlane, put, ask, reached } = await openBench();
    const held = await dataPlane.clients.hold(Array.from({ length: 3 }, () => ask('198.18.0.1')));
    await put({ members: [member('vm1', { ip: '10.1.1.4' }), ...members.slice(1)] });
    const answers = await dataPlane.clients.askHeld(held.map(({ id }) => id));
    expect(answers.filter(({ ok }) => !ok)).toHaveLength(1);
    expect(answers.flatMap((answer) => (answer.ok ? [answer.vm] : [])).sort()).toEqual(['vm2', 'vm3']);
    expect(await reached('198.18.0.1')).toEqual(['vm2', 'vm3', 'vm4']);
  });
});

describe('a closed router', () => {
  it('ends no connection any more', async () => {
    const clock = drainClock();
    const { dataPlane, router, put, ask, again } = await openBench([{}], { clock });
    const draining = put({ members: members.slice(1) });
    await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    await turns();
    await router.close();
    await expect(draining).rejects.toMatchObject({ code: 'ROUTER_CLOSED' });
    const ended: string[] = [];
    const { master } = dataPlane.haproxy;
    dataPlane.haproxy.master = (command) => {
      if (command.includes('shutdown')) ended.push(command);
      return master.call(dataPlane.haproxy, command);
    };
    const next = await again();
    await next.put({});
    await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    clock.drainsEnd();
    await turns(2_000);
    expect(ended).toEqual([]);
  });
});
