import { describe, expect, it } from 'vitest';
import type { Model } from '../model.ts';
import { TourError } from './errors.ts';
import { graphOf } from './graph-of.ts';

/** A counter to `limit` over two words (tens, ones), with steps up, down and a doubled self-loop at 0. */
function counter(limit: number): Model {
  return {
    name: 'counter',
    words: 2,
    initial: [[0, 0]],
    maxSuccessors: 4,
    successors(states, at, out) {
      const value = states[at]! * 10 + states[at + 1]!;
      const next = [...(value < limit ? [value + 1] : []), ...(value > 0 ? [value - 1] : [0, 0])];
      out.count = 0;
      for (const target of next) {
        out.states.set([Math.floor(target / 10), target % 10], out.count * 2);
        out.labels[out.count++] = target > value ? 1 : target < value ? 2 : 3;
      }
    },
    violations: () => 0,
    invariants: [],
    quiescent: () => true,
    kindOf: () => 'system',
    describeStep: (label) => ({ lane: 'counter', text: `${label}` }),
    describeState: () => ({}),
  };
}

describe('graphOf', () => {
  it('has a node a state and an edge a different step, with the costs asked for', () => {
    const graph = graphOf(counter(2), { costOf: (label) => label * 10, resetCost: 7 });
    expect(graph).toEqual({
      nodes: 3,
      initial: 0,
      offsets: Uint32Array.of(0, 2, 4, 5),
      targets: Uint32Array.of(1, 0, 2, 0, 1),
      labels: Uint32Array.of(1, 3, 1, 2, 2),
      costs: Uint32Array.of(10, 30, 10, 20, 20),
      resetCost: 7,
      words: 2,
      states: Uint32Array.of(0, 0, 0, 1, 0, 2),
    });
  });

  it('explores far beyond its first table', () => {
    const graph = graphOf(counter(50_000));
    expect([graph.nodes, graph.targets.length]).toEqual([50_001, 100_001]);
    expect([...graph.states.subarray(2 * 49_999, 2 * 50_001)]).toEqual([4999, 9, 5000, 0]);
  });

  it('refuses what is too large, and a choice of initial states', () => {
    expect(() => graphOf(counter(100), { maxStates: 50 })).toThrow(
      expect.objectContaining({ code: 'TOUR_GRAPH_TOO_LARGE' }),
    );
    expect(() =>
      graphOf({
        ...counter(1),
        initial: [
          [0, 0],
          [0, 1],
        ],
      }),
    ).toThrow(TourError);
  });
});
