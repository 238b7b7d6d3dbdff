import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAlternatingBit } from '../testing/alternating-bit.ts';
import { createCounters } from '../testing/counters.ts';
import { createGraph, createNumberedGraph, type Graph } from '../testing/graph.ts';
import { anyGraph, type NaiveResult, naiveSearch, reachable } from '../testing/naive.ts';
import { createPhilosophers } from '../testing/philosophers.ts';
import { explore } from './explore.ts';
import { checkLiveness } from './liveness.ts';
import type { Model } from './model.ts';
import type { Trace } from './trace.ts';

const livenessOf = async (model: Model) => checkLiveness(await explore(model));

/** By the definition: null when some run never comes to rest. */
function naiveBound({ depths, systemSteps, quiescent }: NaiveResult): number | null {
  const isForGood = (state: string): boolean => [...reachable(systemSteps, state)].every((next) => quiescent.has(next));
  const known = new Map<string, number>();
  const bound = (state: string): number => {
    if (known.has(state)) return known.get(state)!;
    known.set(state, Number.POSITIVE_INFINITY);
    const next = systemSteps.get(state)!;
    const result = isForGood(state)
      ? 0
      : next.length === 0
        ? Number.POSITIVE_INFINITY
        : 1 + Math.max(...next.map(bound));
    known.set(state, result);
    return result;
  };
  const most = Math.max(...[...depths.keys()].map(bound));
  return Number.isFinite(most) ? most : null;
}

const stateAt = (trace: Trace, model: Model, i: number): string =>
  trace.states.subarray(i * model.words, (i + 1) * model.words).join();

describe('liveness', () => {
  test('counts the steps until the system is quiescent for good', async () => {
    expect(await livenessOf(createCounters({ processes: 4, limit: 5 }))).toMatchObject({
      holds: true,
      bound: 20,
      trace: null,
    });
  });

  test('sees that a lost message is sent again, with no bound on how often', async () => {
    expect(await livenessOf(createAlternatingBit())).toMatchObject({ holds: true, bound: null });
  });

  test('finds the shortest run to a message that is never sent again', async () => {
    const { holds, trace } = await livenessOf(createAlternatingBit({ bug: 'sent-once' }));
    expect(holds).toBe(false);
    // Asked for, sent, lost.
    expect(trace).toMatchObject({ labels: [0, 1, 4], loopsFrom: null });
  });

  test('finds the deadlock of the philosophers', async () => {
    const { holds, trace, failing } = await livenessOf(createPhilosophers({ philosophers: 5 }));
    expect({ holds, failing, steps: trace?.labels.length }).toEqual({ holds: false, failing: 1, steps: 5 });
    expect(await livenessOf(createPhilosophers({ philosophers: 5, lastIsLeftHanded: true }))).toMatchObject({
      holds: true,
    });
  });

  test('shows a way in, and then the cycle that is never left', async () => {
    const graph: Graph = {
      words: 1,
      initial: [0],
      edges: [[{ to: 1, kind: 'fault' }], [{ to: 2, kind: 'system' }], [{ to: 1, kind: 'system' }]],
      violated: [0, 0, 0],
      quiescent: [true, false, false],
    };
    const { holds, trace } = await livenessOf(createGraph(graph));
    expect(holds).toBe(false);
    expect(trace).toEqual({ states: Uint32Array.of(0, 1, 2, 1), labels: [2, 0, 0], loopsFrom: 1 });
  });

  test.each([
    ['hashed', createGraph],
    ['numbered', createNumberedGraph],
  ])('agrees with the definition on any graph, and shows a run that is never quiescent: %s', async (_, create) => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const model = create(graph);
        const naive = naiveSearch(model);
        const { holds, bound, trace } = await livenessOf(model);
        const cannotComeToRest = (state: string): boolean =>
          reachable(naive.systemSteps, state).isDisjointFrom(naive.quiescent);
        const doomed = [...naive.depths.keys()].filter(cannotComeToRest);
        expect(holds).toBe(doomed.length === 0);
        expect(bound).toBe(naiveBound(naive));
        if (!trace) return;
        const last = trace.labels.length;
        const failingFrom = trace.loopsFrom ?? last;
        expect(cannotComeToRest(stateAt(trace, model, failingFrom))).toBe(true);
        expect(naive.depths.get(stateAt(trace, model, failingFrom))).toBe(failingFrom);
        if (trace.loopsFrom === null) return;
        expect(stateAt(trace, model, last)).toBe(stateAt(trace, model, trace.loopsFrom));
        expect(trace.labels.slice(trace.loopsFrom).every((label) => model.kindOf(label) === 'system')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('is the same with more threads', async () => {
    const source = {
      module: new URL('../testing/counters.ts', import.meta.url).href,
      factory: 'createCounters',
      options: { processes: 9, limit: 3 },
    };
    const exploration = await explore(source);
    const [alone, two] = [await checkLiveness(exploration), await checkLiveness(exploration, { source, threads: 2 })];
    expect(alone).toMatchObject({ holds: true, bound: 27, systemSteps: 9 * 3 * 4 ** 8 });
    expect({ ...two, seconds: 0 }).toEqual({ ...alone, seconds: 0 });
  });

  test('is not judged on part of the states', async () => {
    const part = await explore(createAlternatingBit({ bug: 'bit-ignored' }), { stopAtViolation: true });
    await expect(checkLiveness(part)).rejects.toMatchObject({ code: 'CHECKER_BAD_OPTION' });
  });
});
