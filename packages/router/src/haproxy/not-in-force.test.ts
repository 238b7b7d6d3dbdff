import type { DataPlane, MemoryDataPlane } from '@limpet/data-plane';
import { createVirtualClock } from '@limpet/data-plane';
import { readShowStat } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { sourceBased } from '../../testing/rules.ts';
import { type Bench, type BenchOptions, condition, haproxyWith, openBench, turns } from '../../testing/test-session.ts';

const proxy = '10_0_53_2-8080';

/** What keeps a rule that HAProxy has from being in force, while it is on. */
const kinds: Record<string, (machine: MemoryDataPlane, isOn: () => boolean) => Partial<DataPlane>> = {
  'a probe finds nobody': ({ prober }, isOn) => ({
    prober: { open: async (...args) => (isOn() ? { close() {} } : prober.open(...args)) },
  }),
  'a client is not kept on one member': ({ haproxy, prober }, isOn) => ({
    prober: {
      open: async (...args) => {
        if (isOn()) await haproxy.runtime([`clear table ${proxy}`]);
        return prober.open(...args);
      },
    },
  }),
  'HAProxy does not say who is connected': ({ haproxy }, isOn) => ({
    haproxy: haproxyWith(haproxy, {
      runtime: async (commands) => {
        if (isOn() && commands.some((each) => each === 'show sess')) throw new Error('no room for the answer');
        return haproxy.runtime(commands);
      },
    }),
  }),
};

/** A rule of which a change has failed its verification. */
async function openUnverified(kind: string, options: BenchOptions = {}) {
  let isOn = true;
  const bench = await openBench([], { ...options, change: (machine) => kinds[kind]!(machine, () => isOn) });
  const answer = await bench.put({ stickiness: sourceBased });
  return {
    bench,
    answer,
    passes() {
      isOn = false;
    },
  };
}

const inForce = async ({ router }: Bench): Promise<string> =>
  condition({ outcome: 'applied', rules: (await router.reportRules({ type: 'reportRules' })).rules }, 'InForce');

const weightOf = async ({ dataPlane }: Bench, server: string): Promise<string | undefined> => {
  const [text] = await dataPlane.haproxy.runtime(['show stat']);
  return readShowStat(text!)
    .find((row) => row.proxy === proxy && row.service === server)
    ?.cell('weight');
};

const wait = async ({ dataPlane }: Bench, ms: number): Promise<void> => {
  await dataPlane.clock.sleep(ms);
  await turns(20_000);
};

describe('a rule that failed its verification', () => {
  it.each(Object.keys(kinds))('is verified again without a command: %s', async (kind) => {
    const { bench, answer, passes } = await openUnverified(kind);
    expect([answer.outcome, condition(answer, 'InForce')]).toEqual(['refused', 'False NotVerified']);
    passes();
    await wait(bench, 10_000);
    expect(await inForce(bench)).toBe('True Verified');
  });

  it('is tried ever more seldom, and goes on being tried', async () => {
    const clock = createVirtualClock();
    const tries: number[] = [];
    const bench = await openBench([], {
      clock,
      change: () => ({
        prober: {
          open: async () => {
            if (tries.at(-1) !== clock.now()) tries.push(clock.now());
            throw new Error('nobody listens');
          },
        },
      }),
    });
    await bench.put({ stickiness: sourceBased });
    for (let period = 0; period < 60; period++) await wait(bench, 5_000);
    const waits = tries.slice(1).map((at, index) => Math.round((at - tries[index]!) / 5_000));
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 8, 12, 12]);
  });

  it('is brought back first when it has drifted meanwhile', async () => {
    const { bench, passes } = await openUnverified('a client is not kept on one member');
    await bench.dataPlane.haproxy.runtime([`set server ${proxy}/vm1 weight 7`]);
    passes();
    await wait(bench, 10_000);
    expect(await inForce(bench)).toBe('True Verified');
    expect(await weightOf(bench, 'vm1')).toBe('1');
  });

  it('is only looked at when drift is to be reported', async () => {
    const { bench, passes } = await openUnverified('a client is not kept on one member', {
      settings: { drift: 'report' },
    });
    await bench.dataPlane.haproxy.runtime([`set server ${proxy}/vm1 weight 7`]);
    passes();
    await wait(bench, 10_000);
    expect(await weightOf(bench, 'vm1')).toBe('7');
  });

  it('is removed in the end when its connections end late', async () => {
    let isHeld = true;
    const bench = await openBench([{}], {
      settings: { drainDeadlineMs: 100 },
      change: ({ haproxy }) => ({
        haproxy: haproxyWith(haproxy, {
          master: async (command) => (isHeld && command.includes('shutdown session') ? '' : haproxy.master(command)),
        }),
      }),
    });
    await bench.dataPlane.clients.hold([bench.ask('198.18.0.1')]);
    const answer = await bench.remove(8080);
    expect([answer.outcome, condition(answer, 'InForce')]).toEqual(['refused', 'False NotVerified']);
    isHeld = false;
    await wait(bench, 10_000);
    expect((await bench.router.reportRules({ type: 'reportRules' })).rules).toEqual([]);
  });
});
