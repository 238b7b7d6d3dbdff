import { describe, expect, test } from 'vitest';
import { createCounters } from '../testing/counters.ts';
import { createGraph, createScramble } from '../testing/graph.ts';
import { check } from './check.ts';
import { explore } from './explore.ts';
import { checkLiveness } from './liveness.ts';
import type { Model } from './model.ts';

/** Counts up to 2 ** 32, which is far more than memory holds. */
const endless: Model = {
  ...createCounters({ processes: 1, limit: 1 }),
  name: 'endless',
  maxSuccessors: 1,
  successors(states, at, out) {
    out.states[out.count] = states[at]! + 1;
    out.labels[out.count++] = 0;
  },
  violations: (states, at) => (states[at] === 1000 ? 1 : 0),
  invariants: [{ name: 'below', sentence: 'It stays below a thousand.', upstream: [] }],
};
const counters = createCounters({ processes: 6, limit: 4 });

describe('maxDepth', () => {
  test('ends an endless model at its depth, and says so', async () => {
    const exploration = await explore(endless, { maxDepth: 500 });
    expect(exploration).toMatchObject({ complete: false, stoppedBy: 'maxDepth', states: 501, depth: 500 });
  });

  test('of 0 leaves the initial states', async () => {
    expect(await explore(counters, { maxDepth: 0 })).toMatchObject({
      states: 1,
      transitions: 0,
      stoppedBy: 'maxDepth',
    });
  });

  test('gives the states of the whole exploration up to there', async () => {
    const { states } = await explore(counters, { maxDepth: 2 });
    // One or two of six counters at 1, one at 2, and the initial state.
    expect(states).toBe(1 + 6 + 6 + 15);
  });

  test('beyond the deepest state changes nothing', async () => {
    expect(await explore(counters, { maxDepth: 25 })).toMatchObject({
      complete: true,
      stoppedBy: null,
      states: 15_625,
    });
  });
});

describe('maxStates', () => {
  test('ends an endless model soon after so many states, and says so', async () => {
    const exploration = await explore(endless, { maxStates: 20_000 });
    expect(exploration).toMatchObject({ complete: false, stoppedBy: 'maxStates', states: 20_001, depth: 20_000 });
  });

  test('ends within a level', async () => {
    const wide = createScramble({ nodes: 400_000, degree: 5, violated: 1000 });
    const { states, stoppedBy } = await explore(wide, { maxStates: 150_000 });
    expect(stoppedBy).toBe('maxStates');
    expect(states).toBeGreaterThan(150_000);
    expect(states).toBeLessThan(160_000);
  });

  test.each([false, true])('holds in several threads; numbered: %s', async (isNumbered) => {
    const source = {
      module: new URL('../testing/graph.ts', import.meta.url).href,
      factory: 'createScramble',
      options: { nodes: 400_000, degree: 5, violated: 1000, isNumbered },
    };
    const { states, stoppedBy } = await explore(source, { maxStates: 200_000, threads: 3 });
    expect(stoppedBy).toBe('maxStates');
    expect(states).toBeGreaterThan(200_000);
    expect(states).toBeLessThan(230_000);
  });

  test('that is not exceeded changes nothing', async () => {
    expect(await explore(counters, { maxStates: 15_625 })).toMatchObject({ complete: true, stoppedBy: null });
    expect(await explore(counters, { maxStates: 15_624 })).toMatchObject({ complete: false, stoppedBy: 'maxStates' });
  });
});

describe('an exploration that is not complete', () => {
  test('never holds, and liveness is not looked at', async () => {
    const { holds, liveness, counterexample, invariants, exploration } = await check(endless, { maxDepth: 500 });
    expect({ holds, liveness, counterexample }).toEqual({ holds: false, liveness: null, counterexample: null });
    expect(invariants).toMatchObject([{ name: 'below', holds: true }]);
    expect(exploration.stoppedBy).toBe('maxDepth');
    await expect(checkLiveness(exploration)).rejects.toMatchObject({ code: 'CHECKER_BAD_OPTION' });
  });

  test('still shows a violation that it has found', async () => {
    const { holds, counterexample } = await check(endless, { maxStates: 5000 });
    expect(holds).toBe(false);
    expect(counterexample?.trace.labels.length).toBe(1000);
  });

  test('says when it was a violation that ended it', async () => {
    const graph = createGraph({
      words: 1,
      initial: [0],
      edges: [[{ to: 1, kind: 'system' }], []],
      violated: [1, 0],
      quiescent: [true, true],
    });
    expect(await explore(graph, { stopAtViolation: true })).toMatchObject({ stoppedBy: 'violation' });
  });
});

test.each([
  ['maxStates', 0],
  ['maxStates', Number.NaN],
  ['maxDepth', -1],
  ['memoryBytes', 0],
])('a limit that is none is refused: %s %d', async (name, value) => {
  await expect(explore(counters, { [name]: value })).rejects.toMatchObject({
    code: 'CHECKER_BAD_OPTION',
    message: expect.stringContaining(`${name}: ${value} is not a number from`),
  });
});

test('memory that an endless model fills is an error with a remedy', async () => {
  await expect(explore(endless, { memoryBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'CHECKER_OUT_OF_MEMORY',
    message: expect.stringMatching(
      /^endless: .* raise memoryBytes, check a smaller model, or end early with maxStates or maxDepth$/,
    ),
  });
});
