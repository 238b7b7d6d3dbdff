import { cheapestCirculation } from './circulation.ts';
import { eulerPaths } from './euler.ts';
import { edgeSources, type Graph } from './graph.ts';
import { greedyTour } from './greedy.ts';
import { entering, lineGraph, pairUp } from './line-graph.ts';
import { replay } from './replay.ts';
import { emptyTour, type Tour, type TourMethod } from './tour.ts';

/**
 * Covers every pair of edges that can follow one another (1-switch coverage, Chow 1978), and every edge that can be
 * reached, also one that is in no pair.
 *
 * The optimum needs no flow in the large line graph: at a node everything that comes in can go on anywhere, so the pairs
 * only say how often each edge must be walked, as often as its target has edges out and as its source has edges in.
 */
export function pairTour(graph: Graph, method: TourMethod = 'optimal'): Tour {
  const { offsets, targets, initial } = graph;
  const sources = edgeSources(graph);
  const into = entering(graph);
  const outOf = (node: number): number => offsets[node + 1]! - offsets[node]!;
  const goals = into.reduce((sum, count, node) => sum + count * outOf(node), 0);
  if (outOf(initial) === 0) return emptyTour('pairs');

  const circulation = cheapestCirculation(graph, {
    walks: (edge) => Math.max(1, outOf(targets[edge]!), into[sources[edge]!]!),
    throughInitial: into[initial]! * outOf(initial),
  });
  const line = lineGraph(graph);
  const isLonely = (edge: number): boolean => into[initial] === 0 && outOf(targets[edge]!) === 0;
  const walked =
    method === 'optimal'
      ? eulerPaths(line, pairUp(graph, line, circulation))
      : greedyTour(
          line,
          openArcs(line, (arc) => (arc < outOf(initial) ? isLonely(line.labels[arc]!) : true)),
        );
  const paths = walked.map((path) => path.map((arc) => line.labels[arc]!));
  const { pairs: covered, steps, cost } = replay(graph, paths);
  return { suite: 'pairs', goals, covered, paths, steps, cost, lowerBound: circulation.cost };
}

function openArcs(line: Graph, isGoal: (arc: number) => boolean) {
  const open = Uint8Array.from(line.targets, (_, arc) => (isGoal(arc) ? 1 : 0));
  return {
    isOpen: (arc: number) => open[arc] === 1,
    meet: (arc: number) => {
      open[arc] = 0;
    },
  };
}
