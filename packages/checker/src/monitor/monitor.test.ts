import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLink, createLinkView } from '../../testing/link.ts';
import { firstUnexplained } from '../../testing/naive-monitor.ts';
import { seeded } from '../../testing/random.ts';
import type { Model } from '../model.ts';
import { type Alarm, createMonitor, createMonitors, type Monitor } from './monitor.ts';
import { randomRun } from './random-run.ts';
import { HEARTBEAT, RESET, type TraceRecord } from './view.ts';

const view = createLinkView(1);
const link = createLink({ channels: 1 });
const forgetful = createLink({ channels: 1, forgetsFrozen: true });

const record = (event: string): TraceRecord => ({ event: `${event} on 0` });
const heartbeat = (inForce0: number): TraceRecord => ({ event: HEARTBEAT, inForce0 });

function follow(monitor: Monitor, trace: Iterable<TraceRecord>): Alarm | undefined {
  for (const next of trace) {
    const alarm = monitor.next(next);
    if (alarm !== undefined) return alarm;
  }
  return undefined;
}

const followOn = (model: Model, trace: Iterable<TraceRecord>) => follow(createMonitor(model, view), trace);

describe('createMonitors', () => {
  it('makes monitors that judge as single ones do, and learn what they know once', () => {
    const open = createMonitors(link, view);
    const traces = [1, 2, 3].map((seed) => [...randomRun(link, view, seeded(seed), 2_000)]);
    const monitors = traces.map(() => open());
    const wrong = [...traces[0]!.slice(0, 100), record('nothing that is known')];
    for (let line = 0; line < 2_000; line++) {
      const alarms = monitors.map((monitor, at) => monitor.next(traces[at]![line]!));
      expect(alarms).toEqual([undefined, undefined, undefined]);
    }
    expect(follow(open(), wrong)?.line).toBe(101);
    expect(followOn(link, wrong)).toEqual(follow(open(), wrong));
    const alone = createMonitor(link, view);
    follow(
      alone,
      traces.flatMap((trace) => [...trace, { event: RESET }]),
    );
    expect(monitors[0]!.stats().beliefs).toBe(alone.stats().beliefs);
    expect(monitors[0]!.stats().records).toBe(2_000);
  });

  it('does not forget what others stand on', () => {
    const two = createLink({ channels: 2 });
    const open = createMonitors(two, createLinkView(2), { remembered: 50_000 });
    expect(() => follow(open(), randomRun(two, createLinkView(2), seeded(2), 1_000))).toThrow(
      expect.objectContaining({ code: 'MONITOR_TOO_LARGE' }),
    );
  });
});

describe('createMonitor', () => {
  it('has no false alarm on 300,000 generated records, and remembers little', () => {
    const monitor = createMonitor(link, view);
    expect(follow(monitor, randomRun(link, view, seeded(1), 300_000))).toBeUndefined();
    expect(monitor.stats()).toMatchObject({ records: 300_000, largestBelief: 18 });
    expect(monitor.stats().states).toBeLessThanOrEqual(300);
  });

  it('has none with two channels, nor when it must forget all the time', () => {
    const two = createLink({ channels: 2 });
    const monitor = createMonitor(two, createLinkView(2), { remembered: 50_000 });
    expect(follow(monitor, randomRun(two, createLinkView(2), seeded(2), 1_000))).toBeUndefined();
    expect(monitor.stats().beliefs).toBeLessThan(200);
  });

  it('explains a lost command, a lost acknowledgement and a crash', () => {
    const trace = ['change 1', 'apply 1', 'apply 1', 'change 2', 'restart', 'apply 2'].map(record);
    expect(followOn(link, [...trace, heartbeat(2)])).toBeUndefined();
  });

  it('knows nothing of the run before a reset', () => {
    const applied = ['change 1', 'apply 1'].map(record);
    expect(followOn(link, [...applied, { event: RESET }, ...applied, heartbeat(1)])).toBeUndefined();
    expect(followOn(link, [...applied, { event: RESET }, heartbeat(1)])).toMatchObject({ line: 4 });
  });

  it('names the first event that no execution has, and what was possible', () => {
    const alarm = followOn(link, [record('change 1'), record('apply 2'), record('apply 1')]);
    expect(alarm).toEqual({
      line: 2,
      record: record('apply 2'),
      reason: 'unexplained',
      expected: {
        events: ['apply 1', 'change 0', 'change 2', 'freeze', 'restart'].map((event) => `${event} on 0`),
        heartbeats: [],
      },
      states: expect.arrayContaining([{ 'channel 0': 'asked 1, in force 0' }]),
    });
  });

  it('knows that an event of no model is wrong', () => {
    expect(followOn(link, [record('change 1'), { event: 'fly' }])).toMatchObject({ line: 2, reason: 'unexplained' });
  });

  it('takes events named like members of Object for what they are', () => {
    expect(followOn(link, [{ event: '__proto__' }])).toMatchObject({ line: 1, reason: 'unexplained' });
    expect(followOn(link, [{ event: 'constructor' }])).toMatchObject({ line: 1, reason: 'unexplained' });
  });

  it('keeps to its first alarm', () => {
    const monitor = createMonitor(link, view);
    const alarm = monitor.next(record('apply 1'));
    expect(monitor.next(record('change 1'))).toBe(alarm);
  });

  it('finds the omission at the heartbeat, which events alone cannot', () => {
    const events = ['freeze', 'change 1', 'unfreeze'].map(record);
    expect(followOn(link, events)).toBeUndefined();
    expect(followOn(link, [...events, heartbeat(0)])).toMatchObject({
      line: 4,
      reason: 'wrong-heartbeat',
      expected: { events: expect.arrayContaining(['apply 1 on 0']), heartbeats: [] },
    });
  });

  it('says what a heartbeat should have had', () => {
    const trace = [record('change 1'), record('apply 1')];
    expect(followOn(link, [...trace, heartbeat(2)])?.expected.heartbeats).toEqual([{ inForce0: 1 }]);
    expect(followOn(link, [...trace, { event: HEARTBEAT }])).toMatchObject({ line: 3, reason: 'wrong-heartbeat' });
  });

  it('learns from a heartbeat which of the possible states it is', () => {
    // One hidden step loads either 1 or 2; the next event tells which.
    const model: Model = {
      ...link,
      maxSuccessors: 2,
      quiescent: () => true,
      successors(states, at, out) {
        const state = states[at]!;
        const next = state === 0 ? [1, 2] : [0];
        out.states.set(next);
        out.labels.set(next.map((target) => (target === 0 ? 10 + state : 0)));
        out.count = next.length;
      },
    };
    const loadView = {
      eventOf: (label: number) => (label === 0 ? undefined : `fire ${label - 10}`),
      heartbeatFields: ['loaded'],
      heartbeatOf: (states: Uint32Array, at: number) => (states[at] === 0 ? undefined : [states[at]!]),
    };
    const loaded = { event: HEARTBEAT, loaded: 1 };
    expect(follow(createMonitor(model, loadView), [{ event: 'fire 2' }])).toBeUndefined();
    expect(follow(createMonitor(model, loadView), [loaded, { event: 'fire 1' }])).toBeUndefined();
    expect(follow(createMonitor(model, loadView), [loaded, { event: 'fire 2' }])).toMatchObject({
      line: 2,
      expected: { events: ['fire 1'] },
    });
  });

  it('finds what the model itself leaves unsettled', () => {
    const trace = [record('freeze'), record('change 1'), heartbeat(0)];
    expect(followOn(forgetful, trace)).toMatchObject({ line: 3, reason: 'unsettled' });
  });

  it('catches each run of a bug at the latest at its first unsettled heartbeat, and none by its events', () => {
    let caught = 0;
    for (let seed = 0; seed < 50; seed++) {
      const { trace, firstUnsettled } = runOfBug(seed);
      const line = followOn(link, trace)?.line;
      expect(line).toBe(firstUnexplained(link, view, trace));
      expect(
        followOn(
          link,
          trace.filter(({ event }) => event !== HEARTBEAT),
        ),
      ).toBeUndefined();
      if (firstUnsettled === undefined) continue;
      caught++;
      expect(line).toBeLessThanOrEqual(firstUnsettled);
    }
    expect(caught).toBeGreaterThan(25);
  });

  it('agrees with a naive one on mutated traces', () => {
    const trace = fc.integer().map((seed) => [...randomRun(link, view, seeded(seed), 40)]);
    const mutation = fc.tuple(fc.constantFrom('drop', 'double', 'swap', 'change'), fc.nat(39), fc.nat(2));
    let caught = 0;
    fc.assert(
      fc.property(trace, fc.array(mutation, { maxLength: 3 }), (records, mutations) => {
        const mutated = mutations.reduce((some, [kind, at, value]) => mutate(some, kind, at, value), records);
        const expected = firstUnexplained(link, view, mutated);
        expect(followOn(link, mutated)?.line).toBe(expected);
        if (expected !== undefined) caught++;
      }),
      { numRuns: 400, seed: 3 },
    );
    expect(caught).toBeGreaterThan(150);
  });

  it('refuses a belief that is too large', () => {
    const three = createLink({ channels: 3 });
    const monitor = () =>
      follow(
        createMonitor(three, createLinkView(3), { belief: 100 }),
        randomRun(three, createLinkView(3), seeded(1), 100),
      );
    expect(monitor).toThrow(expect.objectContaining({ code: 'MONITOR_TOO_LARGE' }));
  });
});

/** A run of the link with the bug, and the line of the first heartbeat that is written while a change is not in force. */
function runOfBug(seed: number): { trace: TraceRecord[]; firstUnsettled: number | undefined } {
  const trace: TraceRecord[] = [];
  let firstUnsettled: number | undefined;
  const watching = {
    ...view,
    heartbeatOf(states: Uint32Array, at: number) {
      const fields = view.heartbeatOf(states, at);
      if (fields !== undefined && !forgetful.quiescent(states, at)) firstUnsettled ??= trace.length + 1;
      return fields;
    },
  };
  for (const next of randomRun(forgetful, watching, seeded(seed), 400)) trace.push(next);
  return { trace, firstUnsettled };
}

function mutate(trace: readonly TraceRecord[], kind: string, at: number, value: number): TraceRecord[] {
  const some = [...trace];
  const old = some[at];
  if (old === undefined) return some;
  if (kind === 'drop') some.splice(at, 1);
  if (kind === 'double') some.splice(at, 0, old);
  if (kind === 'swap') some.splice(at, 2, ...some.slice(at, at + 2).reverse());
  if (kind === 'change') some[at] = old.event === HEARTBEAT ? heartbeat(value) : record(`apply ${value}`);
  return some;
}
