import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlowProblem, minCostFlow } from './min-cost-flow.ts';

type Arc = [from: number, to: number, cost: number];

/** Networks in which everything can be reached (a ring), with free arcs and nodes that give and get by turns. */
const problems: fc.Arbitrary<FlowProblem> = fc.integer({ min: 2, max: 15 }).chain((nodes) => {
  const node = fc.nat(nodes - 1);
  const cost = fc.oneof(fc.nat(2), fc.nat(20));
  return fc
    .tuple(
      fc.array(cost, { minLength: nodes, maxLength: nodes }),
      fc.array(fc.tuple(node, node, cost), { maxLength: 40 }),
      fc.array(fc.tuple(node, node, fc.nat(4)), { maxLength: 12 }),
    )
    .map(([ring, others, transfers]) => {
      const arcs: Arc[] = [...ring.map((price, at): Arc => [at, (at + 1) % nodes, price]), ...others];
      const supply = new Int32Array(nodes);
      for (const [giver, getter, units] of transfers) {
        supply[giver]! += units;
        supply[getter]! -= units;
      }
      return {
        nodes,
        from: Uint32Array.from(arcs, ([from]) => from),
        to: Uint32Array.from(arcs, ([, to]) => to),
        costs: Uint32Array.from(arcs, ([, , price]) => price),
        supply,
      };
    });
});

/** Bellman-Ford on the residual network: a flow is cheapest when that has no cycle of negative cost (Klein 1967). */
function canBeCheaper({ nodes, from, to, costs }: FlowProblem, flow: Uint32Array): boolean {
  const distance = new Float64Array(nodes);
  let changed = true;
  const relax = (tail: number, head: number, cost: number): void => {
    if (distance[tail]! + cost >= distance[head]!) return;
    distance[head] = distance[tail]! + cost;
    changed = true;
  };
  for (let round = 0; round <= nodes && changed; round++) {
    changed = false;
    for (let arc = 0; arc < flow.length; arc++) {
      relax(from[arc]!, to[arc]!, costs[arc]!);
      if (flow[arc]! > 0) relax(to[arc]!, from[arc]!, -costs[arc]!);
    }
  }
  return changed;
}

describe('minCostFlow', () => {
  it('meets every supply, and no flow is cheaper', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const flow = minCostFlow(problem);
        const left = problem.supply.slice();
        flow.forEach((units, arc) => {
          left[problem.from[arc]!]! -= units;
          left[problem.to[arc]!]! += units;
        });
        expect([...left]).toEqual(Array(problem.nodes).fill(0));
        expect(canBeCheaper(problem, flow)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
