import { expect, it } from 'vitest';
import { reportOf, summaryOf, timesOf } from './router-report.ts';
import type { Measured } from './router-run.ts';

const measured = (change: Partial<Measured> = {}): Measured => ({
  runtimeMs: [4, 2, 3],
  reloadMs: [200],
  byChange: { drain: [4, 2, 3], leastconn: [200] },
  untrue: 0,
  lost: 0,
  floorMs: [0.5],
  planMs: [1],
  startMs: 100,
  nodeMiB: 150,
  emptyMiB: 100,
  workerMiB: 12,
  costs: [{ what: 'show env', calls: 2, ms: 1.234 }],
  ownMs: 0.5,
  ...change,
});
const size = { rules: 50, members: 10 };
const theirs = measured({ runtimeMs: [300], reloadMs: [400], byChange: { drain: [300], leastconn: [400] }, lost: 3 });

it('takes the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(timesOf(values)).toEqual({ n: 100, p50: 50, p99: 99 });
  expect(timesOf([7])).toEqual({ n: 1, p50: 7, p99: 7 });
});

it('has nothing to say of changes that were not made', () => {
  expect(timesOf([])).toEqual({ n: 0, p50: null, p99: null });
});

it('says how many times as long the other router takes', () => {
  expect(summaryOf(size, measured(), theirs)).toMatchObject({
    rules: 50,
    limpet: { runtimeMs: { n: 3, p50: 3, p99: 4 }, nodeMiB: 50, costs: [{ what: 'show env', calls: 2, ms: 1.23 }] },
    cloudstack: { lost: 3 },
    ratios: { runtime: 100, reload: 2, runtimeToFloor: 6 },
  });
});

it('reports to people', () => {
  const text = reportOf(2, [summaryOf(size, measured(), theirs)]).replaceAll(/ +/g, ' ');
  expect(text).toContain('50x10 without a reload 3 4 3 300 300 1 100');
  expect(text).toContain('50 MiB');
  expect(text).toContain('did not obey in 10 s: 3');
});
