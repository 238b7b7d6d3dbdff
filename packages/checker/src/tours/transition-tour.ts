import { cheapestCirculation } from './circulation.ts';
import { eulerPaths } from './euler.ts';
import { edgeSources, type Graph, reachableNodes } from './graph.ts';
import { greedyTour } from './greedy.ts';
import { replay } from './replay.ts';
import { emptyTour, type Tour, type TourMethod } from './tour.ts';

/** Covers every edge that can be reached. */
export function transitionTour(graph: Graph, method: TourMethod = 'optimal'): Tour {
  const reached = reachableNodes(graph);
  const goals = edgeSources(graph).reduce((sum, source) => sum + reached[source]!, 0);
  if (goals === 0) return emptyTour('transitions');
  const circulation = cheapestCirculation(graph, { walks: () => 1, throughInitial: 0 });
  const paths =
    method === 'optimal' ? eulerPaths(graph, circulation) : greedyTour(graph, openEdges(graph.targets.length));
  const { edges: covered, steps, cost } = replay(graph, paths);
  return { suite: 'transitions', goals, covered, paths, steps, cost, lowerBound: circulation.cost };
}

function openEdges(edges: number) {
  const met = new Uint8Array(edges);
  return {
    isOpen: (edge: number) => met[edge] === 0,
    meet: (edge: number) => {
      met[edge] = 1;
    },
  };
}
