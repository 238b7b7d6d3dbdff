import type { CommandResult } from '@limpet/contract';
import { type DataPlane, interceptCalls, type MemoryDataPlane } from '@limpet/data-plane';
import { HaproxyError } from '@limpet/haproxy';
import { describe, expect, it } from 'vitest';
import { installedConfig } from '../../testing/installed-config.ts';
import { member, rule, sourceBased } from '../../testing/rules.ts';
import {
  type Bench,
  condition,
  drainClock,
  haproxyWith,
  members,
  openBench,
  turns,
} from '../../testing/test-session.ts';

/** A host that the router can no longer reach once its process has died, at once or after so many calls. */
const mortal = (callsLeft = Number.POSITIVE_INFINITY) => {
  let left = callsLeft;
  return {
    die: (afterCalls = 0) => {
      left = afterCalls;
    },
    died: () => left < 0,
    change: (dataPlane: DataPlane) =>
      interceptCalls(dataPlane, async ({ port }, proceed) => {
        if (port !== 'clock' && port !== 'host' && left-- <= 0) throw new Error('the process is gone');
        return proceed();
      }),
  };
};

describe('a router that dies', () => {
  const sticky = { stickiness: sourceBased };
  it.each<[string, (bench: Bench) => Promise<CommandResult>]>([
    ['makes a rule sticky', ({ put }) => put(sticky, 9)],
    ['takes members in and out', ({ put }) => put({ members: [member('vm4'), ...members.slice(1)] }, 9)],
    ['hashes the source', ({ put }) => put({ algorithm: 'source' }, 9)],
    ['narrows the networks', ({ put }) => put({ cidrs: ['198.18.0.0/24'] }, 9)],
    ['adds a rule', ({ put }) => put({ port: 83 }, 9)],
    ['removes a rule', ({ remove }) => remove(8080, 9)],
    ['drains a member', ({ put }) => put({ members: [member('vm1', { state: 'draining' }), ...members.slice(1)] }, 9)],
    ['maintains one', ({ put }) => put({ members: [member('vm1', { state: 'maintenance' }), ...members.slice(1)] }, 9)],
    ['weighs a member', ({ put }) => put({ members: [member('vm1', { weight: 7 }), ...members.slice(1)] }, 9)],
    ['moves a member', ({ put }) => put({ members: [member('vm1', { ip: '10.1.1.4' }), ...members.slice(1)] }, 9)],
    ['limits connections', ({ put }) => put({ maxConnections: 77 }, 9)],
    ['serves HTTP', ({ put }) => put({ protocol: 'http' }, 9)],
    [
      'changes all that it can at once',
      ({ put }) => put({ ...sticky, algorithm: 'leastconn', cidrs: ['198.18.0.0/16'], members: members.slice(1) }, 9),
    ],
    [
      'takes a snapshot',
      ({ router }) => {
        const rules = [82, 84].map((port) => ({ rule: rule({ port, members, ...sticky }), generation: 9 }));
        return router.syncRules({ type: 'syncRules', snapshot: { rules, revision: 9 } });
      },
    ],
  ])('while it %s, at whichever step, is made good by the next one', async (_, change) => {
    const outcome = async ({ dataPlane, reached }: Bench, held: readonly { id: number }[]) => ({
      config: (await installedConfig(dataPlane)).replaceAll(/ id \d+/g, ''),
      map: await dataPlane.files.read('/limpet/stick.map'),
      chain: (await dataPlane.packetFilter.save()).replaceAll(/\[.*\]|^#.*$/gm, ''),
      servers: (await dataPlane.haproxy.runtime(['show servers state']))[0]!
        .match(/^\d+ \S+ \d+ \S+ \S+ \d+ \d+/gm)!
        .map((row) => row.replaceAll(/(^\d+ \S+) \d+/g, '$1'))
        .sort(),
      others: [await reached('198.18.0.9', 81), await reached('198.18.0.9', 82)],
      held: (await dataPlane.clients.askHeld(held.map(({ id }) => id))).map(({ ok }) => ok),
    });
    const begin = async (life: ReturnType<typeof mortal>) => {
      const bench = await openBench([{}, { port: 81 }, { port: 82, ...sticky }], {
        change: life.change,
        settings: { drainDeadlineMs: 100 },
      });
      await bench.dataPlane.clock.sleep(6_000);
      await bench.reached('198.18.0.9', 82);
      const asks = [8080, 8080, 8080, 81, 82].map((port) => bench.ask('198.18.0.9', port));
      return { bench, held: await bench.dataPlane.clients.hold(asks) };
    };
    const whole = await begin(mortal());
    expect((await change(whole.bench)).outcome).toBe('applied');
    const expected = await outcome(whole.bench, whole.held);
    for (let calls = 0; ; calls++) {
      const life = mortal();
      const { bench, held } = await begin(life);
      life.die(calls);
      let answered = false;
      const answer = () => {
        answered = true;
      };
      change(bench).then(answer, answer);
      while (!life.died() && !answered) await turns();
      await turns();
      const next = await bench.again({});
      expect((await change(next)).outcome, `after ${calls} calls`).toBe('applied');
      await turns();
      expect(await outcome(next, held), `after ${calls} calls`).toEqual(expected);
      if (!life.died()) break;
    }
  });
});

describe('a router that comes back', () => {
  it('closes no port while it looks at what is there', async () => {
    const { dataPlane, again } = await openBench([{}, { port: 81 }]);
    const chains: number[] = [];
    const { packetFilter } = dataPlane;
    const next = await again({
      packetFilter: {
        save: () => packetFilter.save(),
        run: (args) => packetFilter.run(args),
        restore: (text) => {
          chains.push(text.match(/ACCEPT/g)?.length ?? 0);
          return packetFilter.restore(text);
        },
      },
    });
    await next.put({ port: 82 });
    expect(chains).toEqual([3]);
  });

  it('keeps the last good version of a rule whose new one was refused', async () => {
    const noLeastconn = ({ files, haproxy }: MemoryDataPlane) => ({
      haproxy: haproxyWith(haproxy, {
        check: async (path) =>
          files.get(path)?.includes('leastconn') ? { ok: false, message: 'not today' } : haproxy.check(path),
      }),
    });
    const { dataPlane, put, again } = await openBench([{}, { port: 81 }], { change: noLeastconn });
    expect((await put({ algorithm: 'leastconn' })).outcome).toBe('refused');
    const afterCrash = await again();
    expect((await afterCrash.put({ port: 82 })).outcome).toBe('applied');
    expect(await afterCrash.reached('198.18.0.1')).toHaveLength(3);
    await dataPlane.haproxy.stop();
    const afterReboot = await again();
    expect((await afterReboot.put({ port: 83 })).outcome).toBe('applied');
    expect(await afterReboot.reached('198.18.0.1')).toHaveLength(3);
  });

  it('takes a rule away that was removed just before the crash, also the last one', async () => {
    const life = mortal();
    const { dataPlane, remove, again, reached, ask } = await openBench([{}], { change: life.change });
    const [held] = await dataPlane.clients.hold([ask('198.18.0.1')]);
    const { check } = dataPlane.haproxy;
    dataPlane.haproxy.check = (path) => {
      life.die(); // after the desired state was stored, and before anything is changed
      return check.call(dataPlane.haproxy, path);
    };
    remove(8080).catch(() => {});
    await turns();
    dataPlane.haproxy.check = check;
    const next = await again({});
    expect((await next.remove(8080)).outcome).toBe('applied');
    expect(await reached('198.18.0.1')).toEqual(['timeout']);
    expect((await dataPlane.clients.askHeld([held!.id]))[0]!.ok).toBe(false);
  });

  it('brings no rule back that was removed before HAProxy went, and whose new version is refused', async () => {
    const life = mortal();
    const { dataPlane, remove, again } = await openBench([{}, { port: 81 }], { change: life.change });
    const { check } = dataPlane.haproxy;
    dataPlane.haproxy.check = (path) => {
      life.die(); // after the desired state was stored, and before anything is changed
      return check.call(dataPlane.haproxy, path);
    };
    remove(81).catch(() => {});
    await turns();
    dataPlane.haproxy.check = check;
    await dataPlane.haproxy.stop();
    const not81 = {
      haproxy: haproxyWith(dataPlane.haproxy, {
        check: async (path) =>
          dataPlane.files.get(path)?.includes('10_0_53_2-81') ? { ok: false, message: 'not today' } : { ok: true },
      }),
    };
    const afterReboot = await again(not81);
    expect((await afterReboot.put({ port: 82 }, 8)).outcome).toBe('applied');
    expect((await afterReboot.put({ port: 81 }, 9)).outcome).toBe('refused');
    const afterCrash = await afterReboot.again(not81);
    expect((await afterCrash.put({ algorithm: 'leastconn' }, 10)).outcome).toBe('applied');
    expect(await dataPlane.packetFilter.save()).not.toContain('--dport 81 ');
  });

  it('goes on with a drain that the crash cut off', async () => {
    const clock = drainClock();
    const life = mortal();
    const { dataPlane, put, ask, again } = await openBench([{}], { clock, change: life.change });
    const held = await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    put({ members: members.slice(1) }, 7).catch(() => {});
    await turns();
    life.die();
    clock.drainsEnd();
    await turns(2_000);
    const next = await again({});
    expect((await next.put({ members: members.slice(1) }, 7)).outcome).toBe('applied');
    expect((await dataPlane.clients.askHeld(held.map(({ id }) => id))).filter(({ ok }) => !ok)).toHaveLength(1);
  });

  it('remembers a removal of what was not there: an older put comes too late', async () => {
    const { remove, again } = await openBench();
    expect((await remove(81, 9)).outcome).toBe('applied');
    const next = await again();
    expect((await next.put({ port: 81 }, 8)).outcome).toBe('superseded');
  });

  it('remembers the revision of a snapshot that changed nothing', async () => {
    const { router, again } = await openBench([]);
    await router.syncRules({ type: 'syncRules', snapshot: { rules: [], revision: 9 } });
    const next = await again();
    expect((await next.put({ port: 81 }, 8)).outcome).toBe('superseded');
  });
});

describe('HAProxy that has to be started', () => {
  /** A HAProxy for which `haproxy -c` is right, but another program listens on one of the ports. */
  const portTaken = ({ files, haproxy }: MemoryDataPlane, port: () => number): Partial<DataPlane> => {
    const path = '/limpet/haproxy.d';
    const taken = (): boolean =>
      files.names(path).some((name) => files.get(`${path}/${name}`)!.includes(`:${port()} name `));
    return {
      haproxy: haproxyWith(haproxy, {
        start: async () => {
          if (taken()) throw new HaproxyError('HAPROXY_START_FAILED', 'cannot bind');
          await haproxy.start(path);
        },
        signalReload: async () => {
          const text = files.get(path)!;
          if (taken()) await files.write(path, 'unloadable');
          await haproxy.signalReload();
          await files.write(path, text);
        },
      }),
    };
  };

  it('serves all rules but the one that cannot be bound (B12)', async () => {
    const { put, reached } = await openBench([], { change: (machine) => portTaken(machine, () => 82) });
    const [one, bad, two] = await Promise.all([put({}), put({ port: 82 }), put({ port: 83, stickiness: sourceBased })]);
    expect([one.outcome, bad.outcome, two.outcome]).toEqual(['applied', 'refused', 'applied']);
    expect(condition(bad, 'Programmed')).toBe('False ReloadFailed');
    expect(await reached('198.18.0.1')).toHaveLength(3);
    expect(await reached('198.18.0.1', 83)).toHaveLength(1);
  });

  it('does not blame a new rule for an old one that cannot be bound any more', async () => {
    let port = 1;
    const { dataPlane, put, reached } = await openBench([{}, { port: 82 }], {
      change: (machine) => portTaken(machine, () => port),
    });
    await dataPlane.haproxy.stop();
    port = 82;
    expect((await put({ port: 83 })).outcome).toBe('applied');
    expect(await reached('198.18.0.1')).toHaveLength(3);
    expect(await reached('198.18.0.1', 83)).toHaveLength(3);
    expect(await dataPlane.packetFilter.save()).not.toContain('--dport 82 ');
  });
});

describe('HAProxy that goes away', () => {
  it('while a change is being proved is started anew, and the change is proved then', async () => {
    const clock = drainClock();
    const { dataPlane, put, ask, reached } = await openBench([{}, { port: 81 }], { clock });
    await dataPlane.clients.hold([ask('198.18.0.1'), ask('198.18.0.1'), ask('198.18.0.1')]);
    const sticky = put({ stickiness: sourceBased });
    await turns();
    await dataPlane.haproxy.stop();
    clock.drainsEnd();
    expect(condition(await sticky, 'InForce')).toBe('True Verified');
    expect(await reached('198.18.0.1')).toHaveLength(1);
    expect(await reached('198.18.0.1', 81)).toHaveLength(3);
  });

  it('while a removal drains ends the wait for it', async () => {
    const clock = drainClock();
    const { dataPlane, remove, ask } = await openBench([{}, { port: 81 }], { clock });
    await dataPlane.clients.hold([ask('198.18.0.1', 81)]);
    const removed = remove(81);
    await turns();
    await dataPlane.haproxy.stop();
    clock.drainsEnd();
    const late = turns(5_000).then(() => 'unanswered');
    expect(await Promise.race([removed, late])).toMatchObject({ outcome: 'applied' });
  });
});

describe('a change that fails', () => {
  it('leaves the ports open as they were', async () => {
    const { remove, reached } = await openBench([{}, { port: 81 }], {
      change: ({ files, haproxy }) => ({
        haproxy: haproxyWith(haproxy, {
          check: async (path) =>
            files.get(path)?.includes('10_0_53_2-81') ? haproxy.check(path) : { ok: false, message: 'not today' },
        }),
      }),
    });
    expect((await remove(81)).outcome).toBe('refused');
    expect(await reached('198.18.0.1', 81)).toHaveLength(3);
  });

  it('leaves nothing in a table for a later SourceBased', async () => {
    const { dataPlane, put, reached } = await openBench([{ stickiness: sourceBased }]);
    await dataPlane.clock.sleep(6_000);
    const [vm] = await reached('198.18.0.1');
    await put({ algorithm: 'leastconn' });
    expect(vm).toBeDefined();
    await put({ algorithm: 'leastconn', stickiness: sourceBased });
    const [table] = await dataPlane.haproxy.runtime(['show table 10_0_53_2-8080']);
    expect(table).not.toContain('198.18.0.1');
  });

  it('of the last rule leaves a HAProxy without rules', async () => {
    const { put, remove, reached } = await openBench();
    expect((await remove(8080)).outcome).toBe('applied');
    expect((await put({})).outcome).toBe('applied');
    expect(await reached('198.18.0.1')).toHaveLength(3);
  });
});
