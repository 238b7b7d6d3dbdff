import { edgeSources, type Graph, reachableNodes } from '../src/tours/graph.ts';

/** The cost of the cheapest suite that takes every reachable edge, by search over (node, set of edges taken). */
export function cheapestTransitionTour(graph: Graph): number {
  const goals = reachableEdges(graph);
  return cheapest(graph, goals.length, (_before, edge) => goals.indexOf(edge));
}

/** The same for all pairs, and for the edges that are in no pair. */
export function cheapestPairTour(graph: Graph): number {
  const edges = reachableEdges(graph);
  const sources = edgeSources(graph);
  const goals: string[] = [];
  for (const edge of edges) {
    const followers = edges.filter((next) => sources[next] === graph.targets[edge]);
    for (const next of followers) goals.push(`${edge},${next}`);
    const hasPredecessor = edges.some((other) => graph.targets[other] === sources[edge]);
    if (followers.length === 0 && !hasPredecessor) goals.push(`-1,${edge}`);
  }
  return cheapest(graph, goals.length, (before, edge) => goals.indexOf(`${before},${edge}`));
}

function reachableEdges(graph: Graph): number[] {
  const reached = reachableNodes(graph);
  return [...edgeSources(graph).entries()].filter(([, source]) => reached[source] === 1).map(([edge]) => edge);
}

/** Dijkstra with buckets over (last edge, set of goals met); -1 as last edge is just after a reset. */
function cheapest(graph: Graph, goals: number, goalOf: (before: number, edge: number) => number): number {
  if (goals === 0) return 0;
  const all = 2 ** goals - 1;
  const edges = graph.targets.length;
  const best = new Map<number, number>();
  const buckets: number[][] = [];
  const reach = (last: number, met: number, cost: number): void => {
    const key = met * (edges + 1) + last + 1;
    if ((best.get(key) ?? Number.POSITIVE_INFINITY) <= cost) return;
    best.set(key, cost);
    buckets[cost] ??= [];
    buckets[cost].push(key);
  };
  reach(-1, 0, graph.resetCost);
  for (let cost = 0; ; cost++) {
    const bucket = buckets[cost] ?? [];
    for (let at = 0; at < bucket.length; at++) {
      const key = bucket[at]!;
      if (best.get(key) !== cost) continue;
      const last = (key % (edges + 1)) - 1;
      const met = Math.floor(key / (edges + 1));
      if (met === all) return cost;
      reach(-1, met, cost + graph.resetCost);
      const node = last === -1 ? graph.initial : graph.targets[last]!;
      for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
        const goal = goalOf(last, edge);
        reach(edge, goal === -1 ? met : met | (1 << goal), cost + graph.costs[edge]!);
      }
    }
  }
}
