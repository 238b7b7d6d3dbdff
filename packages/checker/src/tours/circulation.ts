import { type Graph, reachableNodes } from './graph.ts';
import { minCostFlow } from './min-cost-flow.ts';

/** What walks must do at least, of what can be reached. */
export interface Demand {
  /** How often an edge must be walked. */
  walks(edge: number): number;
  /** How often a walk must come to the initial node by an edge and go on. */
  throughInitial: number;
}

/** How often each thing happens in the cheapest suite. */
export interface Circulation {
  /** Walks of each edge. */
  readonly walks: Uint32Array;
  /** Paths that end at each node. */
  readonly exits: Uint32Array;
  readonly resets: number;
  /** Of all walks and resets. */
  readonly cost: number;
}

/**
 * The directed Chinese postman with resets (Edmonds and Johnson 1973, Thimbleby 2003): walks that meet the demand, such
 * that all that enters a node leaves it again, at least cost. What is demanded is taken as walked; a minimum-cost
 * flow brings what then is too much at some nodes to where it is missing.
 *
 * A reset runs over a hub: from any node to the hub for nothing, from the hub to the initial node at the reset's cost,
 * and this arc is demanded once, as every suite begins with a reset. The initial node is in two, one where edges come in and
 * one where they and resets go out, so that what goes through can be demanded, and no path is empty.
 */
export function cheapestCirculation(graph: Graph, demand: Demand): Circulation {
  const { nodes, initial, offsets, targets, costs, resetCost } = graph;
  const hub = nodes;
  const initialOut = nodes + 1;
  const reached = reachableNodes(graph);
  const network = new DemandNetwork(nodes + 2, targets.length + nodes + 2);
  const walks = new Uint32Array(targets.length);
  const exits = new Uint32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (reached[node] === 0) continue;
    const from = node === initial ? initialOut : node;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      network.add(from, targets[edge]!, costs[edge]!, demand.walks(edge));
    }
    network.add(node, hub, 0, 0);
  }
  network.add(initial, initialOut, 0, demand.throughInitial);
  network.add(hub, initialOut, resetCost, 1);

  const flow = network.solve();
  let arc = 0;
  for (let node = 0; node < nodes; node++) {
    if (reached[node] === 0) continue;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) walks[edge] = flow[arc++]!;
    exits[node] = flow[arc++]!;
  }
  const resets = flow[arc + 1]!;
  return {
    walks,
    exits,
    resets,
    cost: walks.reduce((sum, times, edge) => sum + times * costs[edge]!, resets * resetCost),
  };
}

/** Arcs with a least flow each. */
class DemandNetwork {
  #arcs = 0;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #costs: Uint32Array;
  readonly #least: Uint32Array;
  readonly #supply: Int32Array;

  constructor(nodes: number, maxArcs: number) {
    this.#from = new Uint32Array(maxArcs);
    this.#to = new Uint32Array(maxArcs);
    this.#costs = new Uint32Array(maxArcs);
    this.#least = new Uint32Array(maxArcs);
    this.#supply = new Int32Array(nodes);
  }

  add(from: number, to: number, cost: number, least: number): void {
    const arc = this.#arcs++;
    this.#from[arc] = from;
    this.#to[arc] = to;
    this.#costs[arc] = cost;
    this.#least[arc] = least;
    this.#supply[to]! += least;
    this.#supply[from]! -= least;
  }

  /** The flow of each arc, in the order in which they came. */
  solve(): Uint32Array {
    const extra = minCostFlow({
      nodes: this.#supply.length,
      from: this.#from.subarray(0, this.#arcs),
      to: this.#to.subarray(0, this.#arcs),
      costs: this.#costs.subarray(0, this.#arcs),
      supply: this.#supply,
    });
    return extra.map((units, arc) => units + this.#least[arc]!);
  }
}
