import { TourError } from './errors.ts';

/**
 * An explicit directed graph in compressed rows: the edges out of `v` are `offsets[v] .. offsets[v + 1]`. Beside its edges
 * every node has a reset: back to `initial`, at `resetCost`. Costs are whole numbers in a unit of the caller's choice.
 */
export interface Graph {
  readonly nodes: number;
  readonly initial: number;
  /** `nodes + 1` entries. */
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly labels: Uint32Array;
  readonly costs: Uint32Array;
  readonly resetCost: number;
}

/** An edge where the graph is not in rows yet. */
export interface Edge {
  from: number;
  to: number;
  label: number;
  cost: number;
}

/**
 * Brings edges into rows; edges of one node keep their order.
 *
 * @throws TourError `TOUR_GRAPH_INVALID` when an edge leaves the nodes or a cost is not a whole number >= 0.
 */
export function graphFromEdges(nodes: number, initial: number, edges: readonly Edge[], resetCost: number): Graph {
  requireNode(initial, nodes, 'initial');
  requireCost(resetCost, 'resetCost');
  const offsets = new Uint32Array(nodes + 1);
  edges.forEach((edge, index) => {
    requireNode(edge.from, nodes, `edges[${index}].from`);
    requireNode(edge.to, nodes, `edges[${index}].to`);
    requireCost(edge.cost, `edges[${index}].cost`);
    offsets[edge.from + 1]!++;
  });
  for (let node = 0; node < nodes; node++) offsets[node + 1]! += offsets[node]!;
  const next = offsets.slice(0, nodes);
  const targets = new Uint32Array(edges.length);
  const labels = new Uint32Array(edges.length);
  const costs = new Uint32Array(edges.length);
  for (const edge of edges) {
    const at = next[edge.from]!++;
    targets[at] = edge.to;
    labels[at] = edge.label;
    costs[at] = edge.cost;
  }
  return { nodes, initial, offsets, targets, labels, costs, resetCost };
}

/** The node that each edge leaves. */
export function edgeSources(graph: Graph): Uint32Array {
  const sources = new Uint32Array(graph.targets.length);
  for (let node = 0; node < graph.nodes; node++) sources.fill(node, graph.offsets[node]!, graph.offsets[node + 1]!);
  return sources;
}

/** One byte a node: 1 where a path from the initial node leads. */
export function reachableNodes(graph: Graph): Uint8Array {
  const { offsets, targets } = graph;
  const reached = new Uint8Array(graph.nodes);
  const queue = new Uint32Array(graph.nodes);
  reached[graph.initial] = 1;
  queue[0] = graph.initial;
  let tail = 1;
  for (let head = 0; head < tail; head++) {
    const node = queue[head]!;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const target = targets[edge]!;
      if (reached[target] === 1) continue;
      reached[target] = 1;
      queue[tail++] = target;
    }
  }
  return reached;
}

function requireNode(node: number, nodes: number, field: string): void {
  if (Number.isInteger(node) && node >= 0 && node < nodes) return;
  throw new TourError('TOUR_GRAPH_INVALID', `${field} is ${node}; it must be a node, 0 to ${nodes - 1}`);
}

function requireCost(cost: number, field: string): void {
  if (Number.isInteger(cost) && cost >= 0 && cost < 2 ** 31) return;
  throw new TourError('TOUR_GRAPH_INVALID', `${field} is ${cost}; it must be a whole number, 0 to 2^31 - 1`);
}
