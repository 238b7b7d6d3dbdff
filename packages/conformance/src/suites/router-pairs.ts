import { type Edge, goalTour, graphFromEdges, type Tour } from '@limpet/checker';
import { RESET_COST } from '../model/costs.ts';
import type { TestModel } from '../model/test-model.ts';
import type { RouterGoals } from './router-goals.ts';

/**
 * Every two steps that the router can see one after the other, without faults; what happens in between, it does not see.
 * A walk in the product of the graph and the last step that the router saw: an edge of it is a pair.
 */
export function routerPairTour(
  { model, graph }: TestModel,
  { count, goalOf }: RouterGoals,
): Tour & { pairs: ReadonlySet<number> } {
  const wide = count + 1;
  const edges: Edge[] = [];
  const origin: number[] = [];
  const pairs = new Map<number, number[]>();
  const seen = new Set([graph.initial * wide + count]);
  for (const state of seen) {
    const node = Math.floor(state / wide);
    const last = state % wide;
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      if (model.kindOf(graph.labels[edge]!) === 'fault') continue;
      const goal = goalOf[edge]!;
      const to = graph.targets[edge]! * wide + (goal < 0 ? last : goal);
      seen.add(to);
      if (goal >= 0) pairs.set(last * wide + goal, [...(pairs.get(last * wide + goal) ?? []), edges.length]);
      edges.push({ from: state, to, label: graph.labels[edge]!, cost: graph.costs[edge]! });
      origin.push(edge);
    }
  }
  // Rows of the product are ordered by state, as its edges were not.
  const order = edges.map((_, at) => at).sort((a, b) => edges[a]!.from - edges[b]!.from || a - b);
  const rank = new Map(order.map((at, place) => [at, place]));
  const product = graphFromEdges(graph.nodes * wide, graph.initial * wide + count, edges, RESET_COST);
  const tour = goalTour(
    product,
    [...pairs.values()].map((goal) => goal.map((at) => rank.get(at)!)),
  );
  return {
    ...tour,
    suite: 'pairs',
    paths: tour.paths.map((path) => path.map((place) => origin[order[place]!]!)),
    pairs: new Set(pairs.keys()),
  };
}

/** How many of the pairs these paths meet. */
export function pairsMet(
  { count, goalOf }: RouterGoals,
  pairs: ReadonlySet<number>,
  paths: readonly (readonly number[])[],
): number {
  const met = new Set<number>();
  for (const path of paths) {
    let last = count;
    for (const edge of path) {
      const goal = goalOf[edge]!;
      if (goal < 0) continue;
      const pair = last * (count + 1) + goal;
      if (pairs.has(pair)) met.add(pair);
      last = goal;
    }
  }
  return met.size;
}
