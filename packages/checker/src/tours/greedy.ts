import { edgeSources, type Graph, reachableNodes } from './graph.ts';
import { Heap } from './heap.ts';

/** What the tour must meet, as the walk sees it. A goal once met stays met. */
export interface OpenGoals {
  /** True while the edge would meet a goal that is not met. */
  isOpen(edge: number): boolean;
  /** The edge has been taken. */
  meet(edge: number): void;
}

/**
 * Always to the nearest edge that meets an open goal, over a reset when that is cheaper; near means the cost of all steps
 * up to and with that edge.
 */
export function greedyTour(graph: Graph, goals: OpenGoals): number[][] {
  const reached = reachableNodes(graph);
  const sources = edgeSources(graph);
  const walk = new GreedyWalk(graph, goals, sources);
  for (let edge = 0; edge < sources.length; edge++) {
    while (reached[sources[edge]!] === 1 && goals.isOpen(edge)) walk.advance();
  }
  return walk.paths;
}

const NONE = -1;
const RESET = -2;

/**
 * Adaptive A* (Koenig and Likhachev 2005): every search leaves behind how far the nodes that it expanded are from an open
 * goal. As goals are only ever met, that stays a lower bound, and later searches do not look again where all is met.
 */
class GreedyWalk {
  readonly paths: number[][] = [];
  readonly #graph: Graph;
  readonly #goals: OpenGoals;
  readonly #sources: Uint32Array;
  readonly #heap = new Heap();
  /** A lower bound of the cost from each node to an open goal. */
  readonly #bound: Float64Array;
  /** Of the running search; infinity where it has not been. */
  readonly #distance: Float64Array;
  readonly #via: Int32Array;
  readonly #touched: number[] = [];
  /** Where the walk stands; {@link NONE} before the first reset. */
  #node = NONE;

  constructor(graph: Graph, goals: OpenGoals, sources: Uint32Array) {
    this.#graph = graph;
    this.#goals = goals;
    this.#sources = sources;
    this.#bound = new Float64Array(graph.nodes);
    this.#distance = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
    this.#via = new Int32Array(graph.nodes);
  }

  /** Walks to the nearest open goal; there must be one. */
  advance(): void {
    const { targets } = this.#graph;
    const { edges, afterReset } = this.#search();
    if (afterReset) this.paths.push([]);
    const path = this.paths.at(-1)!;
    for (const edge of edges) {
      path.push(edge);
      this.#goals.meet(edge);
      this.#node = targets[edge]!;
    }
  }

  #search(): { edges: number[]; afterReset: boolean } {
    const { initial, offsets, targets, costs, resetCost } = this.#graph;
    this.#heap.clear();
    if (this.#node !== NONE) this.#reach(this.#node, 0, NONE);
    this.#reach(initial, resetCost, RESET);
    let best = NONE;
    let bestCost = Number.POSITIVE_INFINITY;
    while (this.#heap.size > 0 && this.#heap.key < bestCost) {
      const key = this.#heap.key;
      const node = this.#heap.pop();
      const here = this.#distance[node]!;
      if (key > here + this.#bound[node]!) continue;
      for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
        const through = here + costs[edge]!;
        if (through >= bestCost) continue;
        if (this.#goals.isOpen(edge)) {
          best = edge;
          bestCost = through;
        } else {
          this.#reach(targets[edge]!, through, edge);
        }
      }
    }
    const found = this.#wayTo(best);
    for (const node of this.#touched) {
      // Also right for nodes that were reached and not expanded: none of them leads to a goal for less than `bestCost`.
      this.#bound[node] = Math.max(this.#bound[node]!, bestCost - this.#distance[node]!);
      this.#distance[node] = Number.POSITIVE_INFINITY;
    }
    this.#touched.length = 0;
    return found;
  }

  #reach(node: number, distance: number, via: number): void {
    if (distance >= this.#distance[node]!) return;
    if (this.#distance[node] === Number.POSITIVE_INFINITY) this.#touched.push(node);
    this.#distance[node] = distance;
    this.#via[node] = via;
    this.#heap.push(node, distance + this.#bound[node]!);
  }

  #wayTo(last: number): { edges: number[]; afterReset: boolean } {
    const edges = [last];
    let via = this.#via[this.#sources[last]!]!;
    while (via >= 0) {
      edges.push(via);
      via = this.#via[this.#sources[via]!]!;
    }
    return { edges: edges.reverse(), afterReset: via === RESET };
  }
}
