/**
 * Baselines for mutation analysis: what a tester without tours would play.
 *
 * @module
 */
import { shortestPaths } from '@limpet/checker';
import type { TestModel } from '../model/test-model.ts';

/** One shortest path to each state, as `@xstate/graph` makes them. */
export function shortestPathAState({ graph }: TestModel): number[][] {
  const ways = shortestPaths({ ...graph, costs: graph.costs.map(() => 1) });
  return Array.from({ length: graph.nodes }, (_, node) => ways.pathTo(node));
}

/** One walk of so many steps; where there is more than one way, each is as likely. @param random - from 0 to below 1 */
export function randomWalk({ graph }: TestModel, steps: number, random: () => number): number[] {
  let node = graph.initial;
  return Array.from({ length: steps }, () => {
    const first = graph.offsets[node]!;
    const edge = first + Math.floor(random() * (graph.offsets[node + 1]! - first));
    node = graph.targets[edge]!;
    return edge;
  });
}

/** A small generator with a seed (mulberry32), so that a run can be had again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
