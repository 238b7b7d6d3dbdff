import { expect, it } from 'vitest';
import { sourceBased } from '../../../testing/rules.ts';
import { openBench, turns } from '../../../testing/test-session.ts';
import { noActivity, reloadsIn, sumOf } from './activity.ts';

it('counts a reload for what needed it, and once', async () => {
  const { put, remove, router } = await openBench();
  expect(router.activity()).toEqual({ ...noActivity(), starts: 1 });
  await Promise.all([put({ port: 81 }), put({ algorithm: 'leastconn' })]);
  await put({ algorithm: 'source' });
  await remove(81);
  const { reloads } = router.activity();
  expect(reloads).toEqual({ 'rule-added': 1, 'rule-changed': 1, 'rule-removed': 1, restore: 0 });
  expect(router.stats()).toEqual({ reloads: 3, runtimeOps: router.activity().runtimeOps });
});

it('counts a rule that another program has changed once, until it does so again, and how it was brought back', async () => {
  const { dataPlane, router } = await openBench();
  const after = async (command: string) => {
    await dataPlane.haproxy.runtime([command]);
    for (let period = 0; period < 3; period++) {
      await dataPlane.clock.sleep(5_000);
      await turns(20_000);
    }
    const { drifted, reloads } = router.activity();
    return { drifted, restore: reloads.restore };
  };
  expect(await after('set server 10_0_53_2-8080/vm1 state maint')).toEqual({ drifted: 1, restore: 0 });
  expect(await after('shutdown frontend 10_0_53_2-8080')).toEqual({ drifted: 2, restore: 1 });
});

it('counts changes whose probes fail', async () => {
  const { put, router } = await openBench([{}], {
    change: ({ haproxy, prober }) => ({
      prober: {
        open: async (...args) => {
          await haproxy.runtime(['clear table 10_0_53_2-8080']);
          return prober.open(...args);
        },
      },
    }),
  });
  await put({ stickiness: sourceBased });
  expect(router.activity().failedProbes).toBe(1);
});

it('adds up what several routers have done', () => {
  const one = { ...noActivity(), starts: 1, reloads: { ...noActivity().reloads, restore: 2 } };
  const other = { ...noActivity(), failedProbes: 3, reloads: { ...noActivity().reloads, 'rule-added': 1 } };
  const sum = sumOf(one, other);
  expect(sum).toMatchObject({ starts: 1, failedProbes: 3, reloads: { restore: 2, 'rule-added': 1 } });
  expect(reloadsIn(sum)).toBe(3);
});
