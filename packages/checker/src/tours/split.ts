import { TourError } from './errors.ts';
import type { Graph } from './graph.ts';
import { type ShortestPaths, shortestPaths } from './shortest-paths.ts';

/** What one worker walks. */
export interface Share {
  readonly paths: readonly (readonly number[])[];
  readonly cost: number;
}

/**
 * Splits paths over workers evenly by cost and keeps their order. An optimal tour can be one single path, so a path may
 * be cut: its second part begins with a reset and the cheapest way back to the cut, which is all that a split adds.
 * A cut loses at most the one pair of transitions across it, so the way back ends with the step before the cut.
 *
 * @throws TourError `TOUR_ARGUMENT` when `workers` is not a whole number > 0.
 */
export function split(
  graph: Graph,
  tour: { readonly paths: readonly (readonly number[])[] },
  workers: number,
): Share[] {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new TourError('TOUR_ARGUMENT', `workers is ${workers}; give a whole number, 1 or more`);
  }
  const ways = shortestPaths(graph);
  const shares: Share[] = [];
  let left = tour.paths.map((path) => [...path]);
  for (let share = workers; share > 1; share--) {
    const quota = left.reduce((sum, path) => sum + pathCost(graph, path), 0) / share;
    const { taken, rest } = takeQuota(graph, ways, left, quota);
    shares.push(toShare(graph, taken));
    left = rest;
  }
  shares.push(toShare(graph, left));
  return shares;
}

function takeQuota(graph: Graph, ways: ShortestPaths, paths: readonly number[][], quota: number) {
  const taken: number[][] = [];
  let cost = 0;
  for (const [index, path] of paths.entries()) {
    const whole = pathCost(graph, path);
    if (cost + whole <= quota) {
      taken.push(path);
      cost += whole;
      continue;
    }
    const { first, second } = cut(graph, ways, path, quota - cost);
    if (first.length > 0) taken.push(first);
    return { taken, rest: [...(second.length > 0 ? [second] : []), ...paths.slice(index + 1)] };
  }
  return { taken, rest: [] };
}

/** Cuts where the first part reaches `budget`, or leaves the path whole on the side where that costs less. */
function cut(graph: Graph, ways: ShortestPaths, path: readonly number[], budget: number) {
  let at = 0;
  let cost = graph.resetCost;
  while (at < path.length && cost + graph.costs[path[at]!]! <= budget) cost += graph.costs[path[at++]!]!;
  const whole = pathCost(graph, path);
  const back = at === 0 ? [] : wayBack(ways, path[at - 1]!);
  const extra = at === 0 ? 0 : pathCost(graph, back);
  if (at === 0 || budget <= extra / 2) return { first: [], second: [...path] };
  if (at === path.length || whole - budget <= extra / 2) return { first: [...path], second: [] };
  return { first: path.slice(0, at), second: [...back, ...path.slice(at)] };
}

function wayBack(ways: ShortestPaths, last: number): number[] {
  return [...ways.pathTo(ways.sources[last]!), last];
}

function pathCost(graph: Graph, path: readonly number[]): number {
  let cost = graph.resetCost;
  for (const edge of path) cost += graph.costs[edge]!;
  return cost;
}

function toShare(graph: Graph, paths: readonly number[][]): Share {
  return { paths, cost: paths.reduce((sum, path) => sum + pathCost(graph, path), 0) };
}
