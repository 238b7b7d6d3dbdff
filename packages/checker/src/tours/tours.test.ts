import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cheapestPairTour, cheapestTransitionTour } from '../../testing/brute-force.ts';
import { goalTour } from './goal-tour.ts';
import { edgeSources, type Graph, graphFromEdges, reachableNodes } from './graph.ts';
import { pairTour } from './pair-tour.ts';
import { metGoals, replay } from './replay.ts';
import { split } from './split.ts';
import { transitionTour } from './transition-tour.ts';

const edge = (from: number, to: number, cost = 1) => ({ from, to, label: 0, cost });

/** Small graphs with everything in them: self-loops, parallel edges, dead ends, unreachable parts, free edges. */
function graphs(maxNodes: number, maxEdges: number): fc.Arbitrary<Graph> {
  return fc.integer({ min: 1, max: maxNodes }).chain((nodes) => {
    const node = fc.integer({ min: 0, max: nodes - 1 });
    const anyEdge = fc.record({
      from: node,
      to: node,
      label: fc.nat(3),
      cost: fc.oneof(fc.constant(1), fc.nat(7)),
    });
    return fc
      .tuple(node, fc.array(anyEdge, { maxLength: maxEdges }), fc.oneof(fc.constant(1), fc.nat(9)))
      .map(([initial, edges, resetCost]) => graphFromEdges(nodes, initial, edges, resetCost));
  });
}

/** Graphs in which most is reachable: a random tree from node 0, and random edges. */
const connectedGraphs: fc.Arbitrary<Graph> = fc
  .integer({ min: 2, max: 40 })
  .chain((nodes) =>
    fc
      .tuple(
        fc.tuple(...Array.from({ length: nodes - 1 }, (_, at) => fc.nat(at))),
        fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.integer({ min: 1, max: 20 })), { maxLength: 120 }),
        fc.integer({ min: 1, max: 30 }),
      )
      .map(([parents, extra, resetCost]) =>
        graphFromEdges(
          nodes,
          0,
          [...parents.map((from, at) => edge(from, at + 1)), ...extra.map(([from, to, cost]) => edge(from, to, cost))],
          resetCost,
        ),
      ),
  );

describe('transitionTour', () => {
  it('costs what exhaustive search finds, and that is its lower bound', () => {
    fc.assert(
      fc.property(graphs(5, 8), (graph) => {
        const tour = transitionTour(graph);
        expect(tour.cost).toBe(cheapestTransitionTour(graph));
        expect(tour.lowerBound).toBe(tour.cost);
        expect(tour.covered).toBe(tour.goals);
      }),
      { numRuns: 2000 },
    );
  });

  it('covers what can be reached and replays, optimal and greedy; the greedy one never costs less', () => {
    fc.assert(
      fc.property(fc.oneof(graphs(8, 20), connectedGraphs), (graph) => {
        const optimal = transitionTour(graph);
        const greedy = transitionTour(graph, 'greedy');
        const reached = reachableNodes(graph);
        const reachable = edgeSources(graph).filter((source) => reached[source] === 1).length;
        expect([optimal.goals, optimal.covered, greedy.goals, greedy.covered]).toEqual(Array(4).fill(reachable));
        expect(greedy.cost).toBeGreaterThanOrEqual(optimal.cost);
        expect(greedy.lowerBound).toBeLessThanOrEqual(optimal.cost);
        expect(optimal.steps).toBe(optimal.paths.flat().length);
      }),
      { numRuns: 500 },
    );
  });

  it('resets where walking back is dearer', () => {
    const there = [edge(0, 1), edge(0, 1), edge(0, 1), edge(1, 0, 5)];
    expect(transitionTour(graphFromEdges(2, 0, there, 1)).paths).toHaveLength(2);
    expect(transitionTour(graphFromEdges(2, 0, there, 1000)).paths).toHaveLength(1);
  });

  it('has nothing to walk in a graph without reachable edges', () => {
    const tour = transitionTour(graphFromEdges(3, 0, [edge(1, 2), edge(2, 1)], 7));
    expect(tour).toEqual({
      suite: 'transitions',
      goals: 0,
      covered: 0,
      paths: [],
      steps: 0,
      cost: 0,
      lowerBound: 0,
    });
  });
});

describe('pairTour', () => {
  it('costs what exhaustive search finds, and that is its lower bound', () => {
    fc.assert(
      fc.property(
        graphs(4, 5).filter((graph) => pairTour(graph, 'greedy').goals <= 10),
        (graph) => {
          const tour = pairTour(graph);
          expect(tour.cost).toBe(cheapestPairTour(graph));
          expect(tour.lowerBound).toBe(tour.cost);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('covers all pairs and all transitions, optimal and greedy', () => {
    fc.assert(
      fc.property(fc.oneof(graphs(8, 20), connectedGraphs), (graph) => {
        const transitions = transitionTour(graph).goals;
        const optimal = pairTour(graph);
        const greedy = pairTour(graph, 'greedy');
        for (const tour of [optimal, greedy]) {
          expect(tour.covered).toBe(tour.goals);
          expect(replay(graph, tour.paths).edges).toBe(transitions);
        }
        expect(greedy.cost).toBeGreaterThanOrEqual(optimal.cost);
        expect(greedy.lowerBound).toBeLessThanOrEqual(optimal.cost);
      }),
      { numRuns: 300 },
    );
  });
});

describe('goalTour', () => {
  it('meets every goal that has a reachable edge, within its lower bound', () => {
    const goalsOf = (graph: Graph) =>
      graph.targets.length === 0
        ? fc.constant([])
        : fc.array(fc.array(fc.nat(graph.targets.length - 1), { maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.oneof(graphs(8, 20), connectedGraphs).chain((graph) => fc.tuple(fc.constant(graph), goalsOf(graph))),
        ([graph, goals]) => {
          const reached = reachableNodes(graph);
          const sources = edgeSources(graph);
          const possible = goals.filter((goal) => goal.some((at) => reached[sources[at]!] === 1)).length;
          const tour = goalTour(graph, goals);
          expect(tour.covered).toBe(possible);
          expect(tour.cost).toBeGreaterThanOrEqual(tour.lowerBound);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes one edge of a goal, not all', () => {
    const graph = graphFromEdges(3, 0, [edge(0, 1), edge(1, 2), edge(2, 0), edge(0, 2)], 1);
    expect(goalTour(graph, [[0, 1, 2, 3]]).steps).toBe(1);
  });
});

describe('replay', () => {
  const graph = graphFromEdges(3, 0, [edge(0, 1), edge(1, 2), edge(2, 0)], 4);

  it('counts edges, pairs, steps and resets', () => {
    const replayed = replay(graph, [[0, 1, 2, 0, 1], [0]]);
    expect(replayed).toMatchObject({ edges: 3, pairs: 3, steps: 6, cost: 14 });
    expect(metGoals(replay(graph, [[0]]), [[0, 1], [1], []])).toBe(1);
  });

  it.each([
    ['starts elsewhere', [[1]]],
    ['jumps', [[0, 2]]],
    ['takes an edge that does not exist', [[0, 9]]],
  ])('refuses a path that %s', (_, paths) => {
    expect(() => replay(graph, paths)).toThrow(expect.objectContaining({ code: 'TOUR_REPLAY_FAILED' }));
  });
});

describe('split', () => {
  it('keeps the coverage of transitions and pairs, and is even up to one path back', () => {
    fc.assert(
      fc.property(connectedGraphs, fc.integer({ min: 1, max: 5 }), (graph, workers) => {
        const tour = pairTour(graph);
        const shares = split(graph, tour, workers);
        const all = replay(
          graph,
          shares.flatMap((share) => share.paths),
        );
        expect(shares).toHaveLength(workers);
        expect([all.edges, all.pairs]).toEqual([replay(graph, tour.paths).edges, tour.goals]);
        expect(all.cost).toBe(shares.reduce((sum, share) => sum + share.cost, 0));
        const dearestWayBack = graph.resetCost + 40 * 20;
        expect(all.cost - tour.cost).toBeLessThanOrEqual((workers - 1) * dearestWayBack);
        for (const share of shares) expect(share.cost).toBeLessThanOrEqual(tour.cost / workers + 2 * dearestWayBack);
      }),
      { numRuns: 200 },
    );
  });

  it('cuts a single long path in the middle', () => {
    const ring = graphFromEdges(
      100,
      0,
      Array.from({ length: 100 }, (_, at) => edge(at, (at + 1) % 100)),
      1,
    );
    const path = Array.from({ length: 1000 }, (_, at) => at % 100);
    const shares = split(ring, { paths: [path] }, 2);
    // The way back to step 500 of a ring of 100 is 100 steps and a reset.
    expect(shares.map(({ cost }) => cost)).toEqual([500, 601]);
  });

  it('refuses half a worker', () => {
    expect(() => split(graphFromEdges(1, 0, [], 1), { paths: [] }, 0.5)).toThrow(
      expect.objectContaining({ code: 'TOUR_ARGUMENT' }),
    );
  });
});

describe('graphFromEdges', () => {
  it('names the field that is wrong', () => {
    expect(() => graphFromEdges(2, 0, [edge(0, 2)], 1)).toThrow('edges[0].to is 2');
    expect(() => graphFromEdges(2, 0, [edge(0, 1, 0.5)], 1)).toThrow('edges[0].cost is 0.5');
    expect(() => graphFromEdges(2, 2, [], 1)).toThrow('initial is 2');
  });
});
