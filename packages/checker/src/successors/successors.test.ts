import { threadId } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createAlternatingBit } from '../../testing/alternating-bit.ts';
import type { BandFault } from '../../testing/band.ts';
import { createCounters } from '../../testing/counters.ts';
import { createGraph, createScramble } from '../../testing/graph.ts';
import { seeded } from '../../testing/random.ts';
import { check } from '../check.ts';
import { explore } from '../explore.ts';
import type { Model } from '../model.ts';
import { createMonitor } from '../monitor/monitor.ts';
import { calm, randomRun } from '../monitor/random-run.ts';
import { HEARTBEAT, type View } from '../monitor/view.ts';
import { graphOf } from '../tours/graph-of.ts';

const view: View = {
  eventOf: (label) => `step ${label}`,
  heartbeatFields: ['state'],
  heartbeatOf: (states, at) => [states[at]!],
};

/** Everything that asks a model for successors. */
const callers: [string, (model: Model) => unknown][] = [
  ['explore', (model) => explore(model)],
  ['check', (model) => check(model)],
  ['graphOf', async (model) => graphOf(model)],
  ['createMonitor', async (model) => createMonitor(model, view).next({ event: 'step 0' })],
];
const runs: [string, (model: Model) => unknown][] = [
  ['randomRun', async (model) => [...randomRun(model, view, seeded(1), 5)]],
  ['calm', async (model) => [...randomRun(calm(model, seeded(1)), view, seeded(2), 5)]],
];

const successorsOnce = (model: Model) => {
  const out = { states: new Uint32Array(64), labels: new Uint32Array(64), count: 0 };
  model.successors(Uint32Array.from(model.initial[0]!), 0, out);
  return out.count;
};

describe('a model that only appends, as the README shows', () => {
  const model = createAlternatingBit();
  const asks = { event: 'step 0' };

  test('is monitored: the steps of one state are not those of the next', () => {
    const monitor = createMonitor(model, view);
    expect([asks, asks, asks].map((record) => monitor.next(record))).toEqual([undefined, undefined, undefined]);
    expect(monitor.next(asks)).toMatchObject({ line: 4, reason: 'unexplained', expected: { events: ['step 1'] } });
  });

  test('is monitored at heartbeats in a state from which the system takes no step', () => {
    const stuck = createAlternatingBit({ bug: 'sent-once' });
    const monitor = createMonitor(stuck, view);
    for (const event of ['step 0', 'step 1', 'step 4']) expect(monitor.next({ event })).toBeUndefined();
    const state = graphOf(stuck).states.find((packed) => packed === (1 | (1 << 15)));
    expect(monitor.next({ event: HEARTBEAT, state })).toMatchObject({ line: 4, reason: 'unsettled' });
  });

  test.each(runs)('runs at random to its end, and the monitor explains it: %s', (name) => {
    const asked = name === 'calm' ? calm(model, seeded(3)) : model;
    const monitor = createMonitor(model, view);
    const records = [...randomRun(asked, view, seeded(4), 500)];
    expect(records.map((record) => monitor.next(record)).find((alarm) => alarm)).toBeUndefined();
  });
});

describe('more successors than maxSuccessors', () => {
  const model = { ...createCounters({ processes: 3, limit: 3 }), maxSuccessors: 2 };

  test.each([...callers, ...runs])('are an error that says what to change: %s', async (_, call) => {
    expect(successorsOnce(model)).toBe(3);
    await expect(call(model)).rejects.toMatchObject({
      name: 'CheckerError',
      code: 'CHECKER_TOO_MANY_SUCCESSORS',
      message: '3 counters to 3: a state has 3 successors, and maxSuccessors is 2: set maxSuccessors to at least 3',
    });
  });

  test('are an error of a model that numbers its states', async () => {
    const numbered = createScramble({ nodes: 50, degree: 3, violated: 100, isNumbered: true });
    const { targets } = numbered.numbering!;
    const numbering = {
      ...numbered.numbering!,
      targets(...[states, at, out]: Parameters<typeof targets>) {
        targets(states, at, out);
        out.count = 4;
        return 4;
      },
    };
    await expect(explore({ ...numbered, numbering })).rejects.toMatchObject({ code: 'CHECKER_TOO_MANY_SUCCESSORS' });
  });
});

describe('successors that are not a function of the state', () => {
  const counters = createCounters({ processes: 6, limit: 4 });
  const afterwards = (from: Model, change: (...args: [...Parameters<Model['successors']>, number]) => void): Model => {
    let calls = 0;
    return {
      ...from,
      successors(states, at, out) {
        from.successors(states, at, out);
        change(states, at, out, calls++);
      },
    };
  };
  const without = (list: 'states' | 'labels'): Model => ({
    ...counters,
    successors(states, at, out) {
      const before = out[list].slice();
      counters.successors(states, at, out);
      out[list].set(before);
    },
  });
  const wrong: [string, Model][] = [
    ['no label is written', without('labels')],
    ['no word is written', without('states')],
    [
      'a step is left out every other time',
      afterwards(counters, (_, __, out, calls) => {
        out.count -= calls % 2;
      }),
    ],
    [
      'a label is new each time',
      afterwards(counters, (_, __, out, calls) => {
        out.labels[0] = calls;
      }),
    ],
    [
      'a target is new each time',
      afterwards(counters, (_, __, out, calls) => {
        out.states[0] = calls % 4;
      }),
    ],
    [
      'the state itself is changed in place',
      afterwards(counters, (states, at) => {
        states[at] = 1;
      }),
    ],
  ];

  for (const [what, model] of wrong) {
    test.each(callers)(`are an error, ${what}: %s`, async (_, call) => {
      await expect(call(model)).rejects.toMatchObject({
        code: 'CHECKER_NOT_DETERMINISTIC',
        message: expect.stringMatching(
          /^6 counters to 4: asked twice for the successors of state \[\d+\], .*Math\.random/,
        ),
      });
    });
  }

  test('are noticed where only states that come late have them', async () => {
    const late = afterwards(counters, (_, __, out, calls) => {
      if (calls > 2000) out.labels[0] = calls;
    });
    await expect(explore(late)).rejects.toMatchObject({ code: 'CHECKER_NOT_DETERMINISTIC' });
  });

  test('are an error of a model that numbers its states', async () => {
    const numbered = createScramble({ nodes: 50, degree: 3, violated: 100, isNumbered: true });
    const { targets } = numbered.numbering!;
    let calls = 0;
    const numbering = {
      ...numbered.numbering!,
      targets(...[states, at, out]: Parameters<typeof targets>) {
        const steps = targets(states, at, out);
        out.numbers[0] = calls++ % 50;
        return steps;
      },
    };
    await expect(explore({ ...numbered, numbering })).rejects.toMatchObject({ code: 'CHECKER_NOT_DETERMINISTIC' });
  });

  test('cost about a call in a hundred to look for', async () => {
    let asked = 0;
    const { states } = await explore(
      afterwards(counters, () => {
        asked += 1;
      }),
    );
    expect(states).toBe(15_625);
    expect(asked - states).toBeGreaterThan(200 + 0.005 * states);
    expect(asked - states).toBeLessThan(200 + 0.015 * states);
  });

  test('are named when a run is shown that cannot be repeated', async () => {
    const graph = createGraph({
      words: 1,
      initial: [0],
      edges: [[{ to: 1, kind: 'system' }], []],
      violated: [0, 1],
      quiescent: [true, true],
    });
    let asked = 0;
    const forgets = afterwards(graph, (_, __, out) => {
      // Of both states once to explore, twice to compare.
      if (asked++ > 5) out.count = 0;
    });
    await expect(check(forgets)).rejects.toMatchObject({ code: 'CHECKER_NOT_DETERMINISTIC' });
  });
});

describe('an error in another thread', () => {
  test.each<[BandFault, string, RegExp]>([
    ['too-many', 'CHECKER_TOO_MANY_SUCCESSORS', /^band: a state has 2 successors, and maxSuccessors is 1/],
    ['not-deterministic', 'CHECKER_NOT_DETERMINISTIC', /^band: asked twice/],
    ['throws', 'CHECKER_THREAD_FAILED', /^the model fails$/],
  ])('reaches the caller: %s', async (fault, code, message) => {
    const module = new URL('../../testing/band.ts', import.meta.url).href;
    const source = { module, factory: 'createBand', options: { caller: threadId, fault } };
    await expect(explore(source, { threads: 2 })).rejects.toMatchObject({
      name: 'CheckerError',
      code,
      message: expect.stringMatching(message),
    });
  });
});
