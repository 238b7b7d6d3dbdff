import { createMonitor, type TraceRecord } from '@limpet/checker';
import { type CheckModelOptions, createCheckModel, createView } from '@limpet/state-space';
import { describe, expect, it } from 'vitest';
import { conform } from '../run/conform.ts';
import { FIXED } from '../sut/routers.ts';

/** What a run of the stories leaves to be read: records of each story, and how large its model is. */
async function traceOf(router: 'haproxy' | 'cloudstack', bug?: string) {
  const traces: { size: CheckModelOptions; records: readonly TraceRecord[] }[] = [];
  await conform({
    router,
    dataPlane: 'memory',
    suites: ['stories'],
    goals: 'router',
    workers: 1,
    bug,
    onTrace: ({ testModel: { groups, members, addressesMove, certificatesGo } }, records) =>
      traces.push({ size: { groups, members, addressesMove, certificatesGo }, records: [...records] }),
  });
  return traces;
}

/** By a monitor that knows nothing of the run. */
const isExplained = ({ size, records }: Awaited<ReturnType<typeof traceOf>>[number]): boolean => {
  const model = createCheckModel({ ...size, symmetry: false });
  const monitor = createMonitor(model, createView(model));
  return records.every((record) => monitor.next(record) === undefined);
};

describe('the trace of a run', () => {
  it.each([
    ['haproxy', undefined],
    ['cloudstack', FIXED],
  ] as const)('of a good router is one of the model: %s', async (router, bug) => {
    const traces = await traceOf(router, bug);
    expect(traces.map(isExplained)).toEqual(traces.map(() => true));
    expect(traces[0]!.records.at(-1)).toMatchObject({ event: 'heartbeat', 'served-2': true });
  });

  it.each(['stickiness-change-ignored', 'tables-lost-at-reload', 'accepts-pile-up'])(
    'of a router that has %s is not',
    async (bug) => {
      expect((await traceOf('haproxy', bug)).map(isExplained)).toContain(false);
    },
  );

  it("of CloudStack's router is not, in the story of apache/cloudstack#9583", async () => {
    const [first] = await traceOf('cloudstack');
    expect(isExplained(first!)).toBe(false);
  });
});
