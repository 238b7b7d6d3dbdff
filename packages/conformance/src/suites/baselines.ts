/**
 * Baselines for mutation analysis: what a tester without tours would play.
 *
 * @module
 */
import { shortestPaths } from '@limpet/checker';
import type { Random } from '@limpet/data-plane';
import type { TestModel } from '../model/test-model.ts';

/** One shortest path to each state, as `@xstate/graph` makes them: lists of edges. */
export function shortestPathToEachState({ graph }: TestModel): number[][] {
  const ways = shortestPaths({ ...graph, costs: graph.costs.map(() => 1) });
  return Array.from({ length: graph.nodes }, (_, node) => ways.pathTo(node));
}

/** One random walk from the initial state, as a list of `steps` edges. All edges of a state are equally likely. */
export function randomWalk({ graph }: TestModel, steps: number, random: Random): number[] {
  let node = graph.initial;
  return Array.from({ length: steps }, () => {
    const first = graph.offsets[node]!;
    const edge = first + Math.floor(random() * (graph.offsets[node + 1]! - first));
    node = graph.targets[edge]!;
    return edge;
  });
}
