import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCounters } from '../testing/counters.ts';
import { createGraph, createNumberedGraph, createScramble, type Graph } from '../testing/graph.ts';
import { anyGraph, naiveSearch } from '../testing/naive.ts';
import { createPhilosophers } from '../testing/philosophers.ts';
import { explore } from './explore.ts';
import type { Model, ModelSource } from './model.ts';
import { traceTo } from './trace.ts';

const toy = (file: string, factory: string, options: unknown): ModelSource => ({
  module: new URL(`../testing/${file}.ts`, import.meta.url).href,
  factory,
  options,
});

const counts = ({ states, transitions, depth, violations }: Awaited<ReturnType<typeof explore>>) => ({
  states,
  transitions,
  depth,
  violations: violations.map(({ name, count, depth }) => ({ name, count, depth })),
});

describe('explore', () => {
  test.each([1, 2, 3, 4])('counts independent counters in %i words', async (words) => {
    const { states, transitions, depth } = await explore(createCounters({ processes: 6, limit: 4, words }));
    expect(states).toBe(5 ** 6);
    // Up from 4 of the 5 values, down and reset from 4: of each process, whatever the others do.
    expect(transitions).toBe(6 * 12 * 5 ** 5);
    expect(depth).toBe(6 * 4);
  });

  test('counts the philosophers as a naive search does', async () => {
    const model = createPhilosophers({ philosophers: 6 });
    const naive = naiveSearch(model);
    const { states, transitions, depth, violations } = await explore(model);
    expect({ states, transitions, depth, violations }).toEqual({
      states: naive.depths.size,
      transitions: naive.transitions,
      depth: Math.max(...naive.depths.values()),
      violations: [],
    });
  });

  test.each([
    ['hashed', createGraph],
    ['numbered', createNumberedGraph],
  ])('agrees with a naive search on any graph, and its runs are shortest: %s', async (_, create) => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (graph) => {
        const model = create(graph);
        const naive = naiveSearch(model);
        const exploration = await explore(model);
        expect(exploration.states).toBe(naive.depths.size);
        expect(exploration.transitions).toBe(naive.transitions);
        expect(exploration.depth).toBe(Math.max(...naive.depths.values()));
        expect(exploration.violations.map(({ invariant, depth }) => [invariant, depth])).toEqual(naive.nearest);
        expect(exploration.violations.map(({ invariant, count }) => [invariant, count]).sort()).toEqual(
          naive.violating.map((count, invariant) => [invariant, count]).filter(([, count]) => count !== 0),
        );
        for (let state = 0; state < exploration.states; state++) {
          const trace = traceTo(exploration, state);
          const words = exploration.store.states.subarray(state * model.words, (state + 1) * model.words);
          expect(trace.labels.length).toBe(naive.depths.get(words.join()));
          expect(trace.states.slice(-model.words)).toEqual(words.slice());
        }
      }),
    );
  });

  test.each([
    ['counters', 'createCounters', { processes: 9, limit: 3, words: 2 }],
    ['graph', 'createScramble', { nodes: 400_000, degree: 5, violated: 1000 }],
    ['graph', 'createScramble', { nodes: 400_000, degree: 5, violated: 1000, isNumbered: true }],
  ])('counts the same with any number of threads: %s', async (file, factory, options) => {
    const source = toy(file, factory, options);
    const [alone, two, three] = [
      await explore(source, { threads: 1 }),
      await explore(source, { threads: 2 }),
      await explore(source, { threads: 3 }),
    ];
    expect(alone.states).toBeGreaterThan(250_000);
    expect(counts(two)).toEqual(counts(alone));
    expect(counts(three)).toEqual(counts(alone));
    for (const { state, depth } of two.violations) expect(traceTo(two, state).labels.length).toBe(depth);
  });

  test.each([false, true])('finds every state once, whoever finds it; numbered: %s', async (isNumbered) => {
    const { states, store } = await explore(
      toy('graph', 'createScramble', { nodes: 300_000, degree: 6, violated: 7, isNumbered }),
      { threads: 3 },
    );
    expect(new Set(store.states.subarray(0, states)).size).toBe(states);
  });

  test('stops after the level of the first violation when told to', async () => {
    const graph: Graph = {
      words: 1,
      initial: [0],
      edges: [[1], [2], [3], [4], []].map((targets) => targets.map((to) => ({ to, kind: 'system' as const }))),
      violated: [0, 0, 1, 0, 3],
      quiescent: [true, true, true, true, true],
    };
    const stopped = await explore(createGraph(graph), { stopAtViolation: true });
    expect(stopped).toMatchObject({ complete: false, states: 3, depth: 2, violations: [{ invariant: 0, depth: 2 }] });
    const all = await explore(createGraph(graph));
    expect(all).toMatchObject({
      complete: true,
      states: 5,
      violations: [
        { invariant: 0, count: 2 },
        { invariant: 1, depth: 4 },
      ],
    });
  });

  test('refuses before it takes more memory than allowed', async () => {
    const model = createCounters({ processes: 7, limit: 7 });
    await expect(explore(model, { memoryBytes: 8_000_000 })).rejects.toMatchObject({
      code: 'CHECKER_OUT_OF_MEMORY',
      message: expect.stringMatching(/states fill the 8 MB allowed.*raise memoryBytes/),
    });
    await expect(explore(model, { memoryBytes: 1000 })).rejects.toMatchObject({ code: 'CHECKER_OUT_OF_MEMORY' });
  });

  test('hashes the states of a model whose numbers are more than fit', async () => {
    const model = createScramble({ nodes: 5000, degree: 5, violated: 7, isNumbered: true });
    const vast = { ...model, numbering: { ...model.numbering!, size: 2 ** 30 } };
    expect(counts(await explore(vast, { memoryBytes: 2 ** 28 }))).toEqual(counts(await explore(model)));
  });

  test('reports progress that grows', async () => {
    const seen: number[] = [];
    await explore(createCounters({ processes: 9, limit: 3 }), { onProgress: ({ states }) => seen.push(states) });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('says what is wrong with a model or an option', async () => {
    const bad = (change: Partial<Model>) => explore({ ...createCounters({ processes: 1, limit: 1 }), ...change });
    await expect(bad({ words: 5 })).rejects.toMatchObject({ code: 'CHECKER_BAD_MODEL' });
    await expect(bad({ initial: [] })).rejects.toMatchObject({ code: 'CHECKER_BAD_MODEL' });
    await expect(bad({ initial: [[1, 2]] })).rejects.toMatchObject({ code: 'CHECKER_BAD_MODEL' });
    await expect(explore(toy('graph', 'missing', {}))).rejects.toMatchObject({ code: 'CHECKER_BAD_MODEL' });
    await expect(
      explore(toy('counters', 'createCounters', { processes: 1, limit: 1 }), { threads: 0 }),
    ).rejects.toMatchObject({
      code: 'CHECKER_BAD_OPTION',
      message: expect.stringContaining('threads: 0'),
    });
  });
});
