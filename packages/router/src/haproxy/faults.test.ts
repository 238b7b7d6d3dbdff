import type { RuleStatus } from '@limpet/contract';
import type { DataPlane, MemoryDataPlane } from '@limpet/data-plane';
import { HaproxyError } from '@limpet/haproxy';
import { IptablesError } from '@limpet/netfilter';
import { describe, expect, it } from 'vitest';
import { sourceBased } from '../../testing/rules.ts';
import { type Bench, haproxyWith, openBench, turns } from '../../testing/test-session.ts';

const statusOf = async ({ router }: Bench, type: string, port = 8080) => {
  const { rules } = await router.reportRules({ type: 'reportRules' });
  const rule = rules.find(({ key }) => key.port === port) as RuleStatus;
  return rule.conditions.find((condition) => condition.type === type)!;
};

/** A machine that is well until it is told not to be. */
const faults: [string, RegExp, (machine: MemoryDataPlane, ill: () => boolean) => Partial<DataPlane>][] = [
  [
    'a socket that hangs',
    /no answer for 10 s/,
    ({ haproxy }, ill) => ({
      haproxy: haproxyWith(haproxy, {
        runtime: async (commands) => {
          if (ill()) throw new HaproxyError('HAPROXY_CLI_TIMEOUT', 'no answer for 10 s on /limpet/admin.sock');
          return haproxy.runtime(commands);
        },
      }),
    }),
  ],
  [
    'an HAProxy that is there and does not answer',
    /pid 7 is there/,
    ({ haproxy }, ill) => ({
      haproxy: haproxyWith(haproxy, {
        running: async () => {
          if (ill()) throw new HaproxyError('HAPROXY_NOT_RESPONDING', 'pid 7 is there and does not answer');
          return haproxy.running();
        },
        start: async (path) => {
          if (ill()) throw new Error('a second HAProxy');
          await haproxy.start(path);
        },
      }),
    }),
  ],
  [
    'a disk that is full',
    /ENOSPC/,
    ({ files, stateStore }, ill) => {
      const room = (): void => {
        if (ill()) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      };
      return {
        files: {
          read: (path, limit) => files.read(path, limit),
          list: (folder) => files.list(folder),
          remove: (path) => files.remove(path),
          lock: (path, lost) => files.lock(path, lost),
          async write(path, text) {
            room();
            await files.write(path, text);
          },
        },
        stateStore: {
          load: (path, kinds) => stateStore.load(path, kinds),
          close: () => stateStore.close(),
          async commit(path, changes) {
            room();
            await stateStore.commit(path, changes);
          },
        },
      };
    },
  ],
  [
    "iptables' lock, which somebody holds",
    /xtables lock/,
    ({ packetFilter }, ill) => ({
      packetFilter: {
        save: () => packetFilter.save(),
        run: (args) => packetFilter.run(args),
        restore: async (text) => {
          if (ill()) throw new IptablesError('IPTABLES_RESTORE_FAILED', 'another program holds the xtables lock');
          await packetFilter.restore(text);
        },
      },
    }),
  ],
  [
    'an HAProxy that has gone and does not start',
    /cannot be run/,
    ({ haproxy }, ill) => ({
      haproxy: haproxyWith(haproxy, {
        running: async () => {
          if (ill()) await haproxy.stop();
          return haproxy.running();
        },
        start: async (path) => {
          if (ill()) throw new HaproxyError('HAPROXY_STOP_FAILED', 'haproxy cannot be run');
          await haproxy.start(path);
        },
      }),
    }),
  ],
];

describe.each(faults)('%s', (fault, message, change) => {
  it('is told to who waits, named in the conditions since when, and got over by itself', async () => {
    const reason = /hangs|does not answer/.test(fault) ? 'NotResponding' : 'MachineFault';
    let ill = false;
    const bench = await openBench([{}, { port: 81 }], { change: (machine) => change(machine, () => ill) });
    const { clock } = bench.dataPlane;
    ill = true;
    const began = new Date(clock.now()).toISOString();
    const answer = await bench.put({ stickiness: sourceBased, cidrs: ['198.18.0.0/24'] });
    expect(answer.outcome).toBe('refused');
    expect(answer.rules[0]!.conditions.map(({ type }) => type)).toEqual(['Accepted', 'Programmed', 'InForce']);
    expect(answer.rules[0]!.conditions.map(({ observedGeneration }) => observedGeneration)).toEqual([3, 3, 3]);
    const programmed = await statusOf(bench, 'Programmed');
    expect(programmed).toMatchObject({ status: 'False', reason, observedGeneration: 3 });
    expect(programmed.message).toMatch(message);
    expect(programmed.message).toContain('the router goes on trying');
    expect(programmed.lastTransitionTime >= began).toBe(true);
    await clock.sleep(300_000);
    await turns(2_000);
    expect((await statusOf(bench, 'Programmed')).lastTransitionTime).toBe(programmed.lastTransitionTime);
    ill = false;
    await clock.sleep(30_000);
    await turns(20_000);
    expect(await statusOf(bench, 'InForce')).toMatchObject({ status: 'True', observedGeneration: 3 });
    expect(await statusOf(bench, 'InForce', 81)).toMatchObject({ status: 'True' });
    expect(await bench.reached('198.18.0.1')).toHaveLength(1);
  });
});

it('answers a command within a minute, whatever does not come to an end', async () => {
  let hangs = false;
  const bench = await openBench([{}], {
    change: ({ haproxy }) => ({
      haproxy: haproxyWith(haproxy, {
        runtime: (commands) => (hangs ? new Promise(() => {}) : haproxy.runtime(commands)),
      }),
    }),
  });
  hangs = true;
  const answer = bench.put({ stickiness: sourceBased });
  await turns();
  await bench.dataPlane.clock.sleep(60_000);
  const { outcome, rules } = await answer;
  expect(outcome).toBe('refused');
  expect(rules[0]!.conditions.at(-1)).toMatchObject({
    type: 'InForce',
    status: 'False',
    reason: 'Overdue',
    observedGeneration: 2,
  });
});

describe('two routers on one machine', () => {
  it('are one: within a process the newest drives it, and the other is closed', async () => {
    const first = await openBench();
    const second = await first.again();
    expect((await second.put({ port: 81 })).outcome).toBe('applied');
    expect(() => first.put({ port: 82 })).toThrow(expect.objectContaining({ code: 'ROUTER_CLOSED' }));
  });

  it('are refused when another process drives the machine, which is named', async () => {
    const { again } = await openBench();
    const { files } = (await openBench()).dataPlane;
    const busy = again({
      files: { ...files, read: async () => undefined, lock: async () => ({ heldBy: 4711 }) } as never,
    });
    await expect(busy).rejects.toMatchObject({ code: 'ROUTER_LOCKED', message: expect.stringContaining('4711') });
  });
});
