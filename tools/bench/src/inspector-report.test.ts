import { expect, it } from 'vitest';
import { inspectorReport, openingReport, type ViewCost } from './inspector-report.ts';

const cost = (view: string, longestFrameMs: number): ViewCost => ({
  view,
  longestFrameMs,
  eventsASecond: 199.6,
  framesASecond: 59.8,
  mainThread: 0.345,
  heapBefore: 21e6,
  heapAfter: 24.5e6,
});
const load = { groups: 500, eventsASecond: 200, seconds: 60 };

it('has a line for each view', () => {
  expect(inspectorReport(load, [cost('Fleet', 45)])).toBe(
    `500 groups, 200 events/s, 60 s a view: no frame over 100 ms
  Fleet        60 frames/s, longest   45 ms, main thread  35 %, heap 21.0 MB -> 24.5 MB, 200 events/s
`,
  );
});

it('says which view misses the goal', () => {
  expect(inspectorReport(load, [cost('Fleet', 45), cost('Timeline', 101)])).toContain('a frame over 100 ms: Timeline');
});

it('says whether the page is useful in time', () => {
  const cost = { usefulMs: 640.4, pageMs: 480.1, firstContentMs: 510, rendererMs: 402.3 };
  expect(openingReport(500, cost)).toBe(
    `a run of 500 groups is opened, and its statechart drawn, after 640 ms: within 2000 ms
  480 ms by the page's own clock, 510 ms to the first content, 402 ms of processor time
`,
  );
  expect(openingReport(500, { ...cost, usefulMs: 2001 })).toContain('more than 2000 ms');
});
