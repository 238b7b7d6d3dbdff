import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulate,
  type CounterBaseline,
  emptyBaseline,
  readTrafficCounts,
  type TrafficCounts,
  type TrafficCountsByRule,
  totals,
} from './traffic-counts.ts';

const rules = new Set(['r']);
const count = (connections: number): TrafficCounts => ({
  connections,
  sessions: connections,
  requests: 0,
  bytesIn: 7 * connections,
  bytesOut: 9 * connections,
});
const counted = (ledger: CounterBaseline): number => totals(ledger).r?.connections ?? 0;
const after = (ledger: CounterBaseline, readings: [pid: number, connections: number][]): CounterBaseline =>
  accumulate(ledger, new Map(readings.map(([pid, connections]) => [pid, { r: count(connections) }])), rules);

describe('counting over workers', () => {
  it('adds what old and new workers count', () => {
    expect(
      counted(
        after(after(emptyBaseline(), [[1, 5]]), [
          [1, 6],
          [2, 3],
        ]),
      ),
    ).toBe(9);
  });

  it('keeps what was last seen of a worker that has ended', () => {
    expect(counted(after(after(emptyBaseline(), [[1, 5]]), [[2, 3]]))).toBe(8);
  });

  it('keeps what was last seen of a rule that a worker lists no more', () => {
    const readings = new Map<number, TrafficCountsByRule>([
      [1, {}],
      [2, { r: count(3) }],
    ]);
    const silent = accumulate(after(emptyBaseline(), [[1, 5]]), readings, rules);
    expect(counted(silent)).toBe(8);
    expect(counted(after(silent, [[2, 4]]))).toBe(9);
  });

  it('knows a worker that has got the pid of another', () => {
    expect(counted(after(after(emptyBaseline(), [[1, 5]]), [[1, 2]]))).toBe(7);
  });

  it('keeps nothing of a rule that is gone', () => {
    const gone = accumulate(after(emptyBaseline(), [[1, 5]]), new Map([[1, { r: count(6) }]]), new Set());
    expect(gone).toEqual({ past: {}, seen: { 1: {} } });
  });

  it('never decreases, and is the sum of all workers, however they come, go and are looked at', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('serve' as const), worker: fc.nat(9), connections: fc.nat(20) }),
      fc.record({ do: fc.constant('reload' as const) }),
      fc.record({ do: fc.constant('end' as const) }),
    );
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        let ledger = emptyBaseline();
        let [pid, all, before] = [100, 0, 0];
        let workers: [number, number][] = [[pid, 0]];
        for (const each of acts) {
          if (each.do === 'serve') {
            workers[each.worker % workers.length]![1] += each.connections;
            all += each.connections;
          } else if (each.do === 'reload') workers = [...workers, [++pid, 0]];
          else if (workers.length > 1) workers = workers.slice(1); // read to the end before, since it was pinned
          ledger = after(ledger, workers);
          expect(counted(ledger)).toBeGreaterThanOrEqual(before);
          before = counted(ledger);
          expect(before).toBe(all);
        }
      }),
    );
  });
});

it('leaves the probes out of what it reads', () => {
  const columns = 'pxname,svname,stot,bin,bout,status,type,req_tot';
  const text = [
    `# ${columns},`,
    'p,FRONTEND,10,700,900,OPEN,0,14,',
    'p,public,8,600,800,OPEN,3,,',
    'p,probe,2,100,100,OPEN,3,,',
  ].join('\n');
  expect(readTrafficCounts(text, new Map([['p', 'r']]))).toEqual({
    r: { connections: 8, sessions: 8, requests: 12, bytesIn: 600, bytesOut: 800 },
  });
});
