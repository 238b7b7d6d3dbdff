import type { Listener } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { type Bench, condition, openBench, publicIp, turns } from '../../../testing/test-session.ts';
import { inspectRouter } from '../verify/inspect.ts';
import { verifyRules } from '../verify/verify.ts';
import { findPortConflicts } from './port-conflicts.ts';

const other = (port: number, pid = 7): Listener => ({ ip: publicIp, port, processes: [{ name: 'haproxy', pid }] });

/** A bench with a rule on 8080, and those who listen; `asked` counts how often somebody wanted to know. */
const open = async () => {
  const listeners: Listener[] = [];
  const asked = { times: 0 };
  const bench = await openBench([{}], {
    change: (machine) => {
      machine.listeners = async () => {
        asked.times++;
        return listeners;
      };
      return {};
    },
  });
  return { ...bench, listeners, asked };
};

const verdicts = async ({ dataPlane }: Bench): Promise<string[]> => {
  const place = { dataPlane, dir: '/limpet' };
  const statuses = await verifyRules(await inspectRouter(place), { ...place, probe: false });
  return statuses.map(({ conditions }) => conditions.map(({ status, reason }) => `${status} ${reason}`).join(', '));
};

const aPeriod = async ({ dataPlane }: Bench): Promise<void> => {
  await dataPlane.clock.sleep(5_000);
  await turns(20_000);
};

describe('another process on the port of a rule', () => {
  it('is in the way of a rule that comes: both would be given connections', async () => {
    const { put, listeners, reached, dataPlane } = await open();
    listeners.push(other(81), { ...other(82), ip: '0.0.0.0' });
    const refused = await put({ port: 81 });
    expect(['Accepted', 'Programmed', 'InForce'].map((type) => condition(refused, type))).toEqual(
      Array.from({ length: 3 }, () => 'False PortInUse'),
    );
    expect(refused.rules[0]!.conditions[0]!.message).toMatch(/^port: haproxy \(pid 7\) listens on 10\.0\.53\.2:81 /);
    expect(await dataPlane.packetFilter.save()).not.toContain('--dport 81 ');
    expect((await put({ port: 82 })).outcome).toBe('applied');
    listeners.length = 0;
    expect((await put({ port: 81 })).outcome).toBe('applied');
    expect(await reached('198.18.0.1', 81)).toHaveLength(3);
  });

  it('is told of a rule that is there, until it is gone', async () => {
    const bench = await open();
    const inForce = async () => {
      const { rules } = await bench.router.reportRules({ type: 'reportRules' });
      return rules.map(({ conditions }) => conditions.at(-1)!);
    };
    bench.listeners.push(other(8080));
    expect(await verdicts(bench)).toEqual(['True Valid, True Programmed, False PortShared']);
    await aPeriod(bench);
    expect(await inForce()).toMatchObject([
      { status: 'False', reason: 'PortShared', message: expect.stringMatching(/^haproxy \(pid 7\) listens on /) },
    ]);
    const next = await bench.again();
    expect(condition(await next.put({ algorithm: 'source' }), 'InForce')).toBe('False PortShared');
    bench.listeners.length = 0;
    await aPeriod(bench);
    expect(await verdicts(bench)).toEqual(['True Valid, True Programmed, True Verified']);
    const again = await next.router.reportRules({ type: 'reportRules' });
    expect(condition(again, 'InForce')).toBe('True Verified');
  });

  it('is not asked for when no listener comes', async () => {
    const { put, asked } = await open();
    asked.times = 0;
    expect((await put({ members: [] })).outcome).toBe('applied');
    expect((await put({ algorithm: 'leastconn' })).outcome).toBe('applied');
    expect(asked.times).toBe(0);
  });

  it('is not our own HAProxy, nor a worker that has come between two looks', async () => {
    const { dataPlane } = await openBench([{}]);
    const worker = dataPlane.haproxy.current!.pid;
    const at = (...listeners: Listener[][]) => {
      const looks = [...listeners];
      return findPortConflicts({ haproxy: dataPlane.haproxy, listeners: async () => looks.shift() ?? [] });
    };
    expect(await at([other(8080, worker)])).toEqual(new Map());
    expect(await at([other(8080)], [other(8080, worker)])).toEqual(new Map());
    expect(await at([other(8080)], [other(8080)])).toEqual(new Map([['10.0.53.2:8080', 'haproxy (pid 7)']]));
    const nameless = { ...other(8080), processes: [] };
    expect([...(await at([nameless], [nameless])).values()]).toEqual(['a process of another user']);
  });
});
