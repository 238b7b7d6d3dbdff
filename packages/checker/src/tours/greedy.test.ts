import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Graph, graphFromEdges } from './graph.ts';
import { greedyTour } from './greedy.ts';

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 12 }).chain((nodes) =>
  fc
    .tuple(
      fc.array(fc.record({ from: fc.nat(nodes - 1), to: fc.nat(nodes - 1), label: fc.constant(0), cost: fc.nat(9) }), {
        maxLength: 40,
      }),
      fc.nat(20),
    )
    .map(([edges, resetCost]) => graphFromEdges(nodes, 0, edges, resetCost)),
);

/** What the cheapest way from a node over an edge that is not taken costs, resets allowed. Bellman and Ford. */
function costToOpen(graph: Graph, taken: ReadonlySet<number>): number[] {
  const cost = Array<number>(graph.nodes).fill(Number.POSITIVE_INFINITY);
  for (let round = 0; round <= graph.nodes + 1; round++) {
    for (let node = 0; node < graph.nodes; node++) {
      cost[node] = Math.min(cost[node]!, graph.resetCost + cost[graph.initial]!);
      for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
        const beyond = taken.has(edge) ? cost[graph.targets[edge]!]! : 0;
        cost[node] = Math.min(cost[node]!, graph.costs[edge]! + beyond);
      }
    }
  }
  return cost;
}

it('always goes to the nearest open edge', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const taken = new Set<number>();
      const paths = greedyTour(graph, { isOpen: (edge) => !taken.has(edge), meet: (edge) => taken.add(edge) });
      taken.clear();
      let node = graph.initial;
      let spent = 0;
      for (const [index, path] of paths.entries()) {
        // The first reset is not a choice.
        if (index > 0) spent += graph.resetCost;
        for (const [at, edge] of path.entries()) {
          spent += graph.costs[edge]!;
          if (!taken.has(edge)) {
            expect(spent, `paths[${index}][${at}]`).toBe(costToOpen(graph, taken)[node]);
            taken.add(edge);
            node = graph.targets[edge]!;
            spent = 0;
          }
        }
      }
    }),
    { numRuns: 1000 },
  );
});
