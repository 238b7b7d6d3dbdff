import { Heap } from './heap.ts';

/** A transshipment problem: arcs without capacity limits, and what each node has to give (> 0) or to get (< 0). */
export interface FlowProblem {
  readonly nodes: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Whole numbers >= 0. */
  readonly costs: Uint32Array;
  /** Sums to 0. */
  readonly supply: Int32Array;
}

/**
 * The cheapest flow that meets all supplies, as units on each arc. Primal-dual (Ford and Fulkerson): a Dijkstra from all
 * nodes with something left to give finds the distance to the nearest demand, then a maximum flow (Dinic) on the arcs
 * of reduced cost 0 serves everything at that distance at once. There are as many rounds as there are different distances,
 * and those are few when costs are step counts.
 *
 * Every demand must be reachable from every supply.
 */
export function minCostFlow(problem: FlowProblem): Uint32Array {
  const network = new Network(problem);
  while (network.raisePotentials()) {
    while (network.findLevels()) network.block();
  }
  return network.flow;
}

/** Residual arcs are coded `2 * arc` along the arc and `2 * arc + 1` against it. */
class Network {
  readonly flow: Uint32Array;
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #costs: Uint32Array;
  readonly #left: Int32Array;
  readonly #offsets: Uint32Array;
  readonly #arcs: Uint32Array;
  readonly #potential: Float64Array;
  readonly #distance: Float64Array;
  readonly #heap = new Heap();
  readonly #settled: Uint32Array;
  readonly #level: Int32Array;
  readonly #current: Uint32Array;
  readonly #queue: Uint32Array;
  readonly #givers: Uint32Array;
  readonly #path: Uint32Array;

  constructor({ nodes, from, to, costs, supply }: FlowProblem) {
    this.#from = from;
    this.#to = to;
    this.#costs = costs;
    this.#left = supply.slice();
    this.flow = new Uint32Array(from.length);
    this.#offsets = new Uint32Array(nodes + 1);
    for (let arc = 0; arc < from.length; arc++) {
      this.#offsets[from[arc]! + 1]!++;
      this.#offsets[to[arc]! + 1]!++;
    }
    for (let node = 0; node < nodes; node++) this.#offsets[node + 1]! += this.#offsets[node]!;
    this.#arcs = new Uint32Array(2 * from.length);
    const next = this.#offsets.slice(0, nodes);
    for (let arc = 0; arc < from.length; arc++) {
      this.#arcs[next[from[arc]!]!++] = 2 * arc;
      this.#arcs[next[to[arc]!]!++] = 2 * arc + 1;
    }
    this.#potential = new Float64Array(nodes);
    this.#distance = new Float64Array(nodes).fill(Number.POSITIVE_INFINITY);
    this.#settled = new Uint32Array(nodes);
    this.#level = new Int32Array(nodes);
    this.#current = new Uint32Array(nodes);
    this.#queue = new Uint32Array(nodes);
    this.#path = new Uint32Array(nodes);
    this.#givers = Uint32Array.from(supply.keys().filter((node) => supply[node]! > 0));
  }

  /** Makes the arcs to the nearest demand free; false when nothing is left to give. */
  raisePotentials(): boolean {
    const distance = this.#distance;
    const heap = this.#heap;
    heap.clear();
    for (const node of this.#givers) {
      if (this.#left[node]! <= 0) continue;
      distance[node] = 0;
      heap.push(node, 0);
    }
    let settled = 0;
    let reach = Number.POSITIVE_INFINITY;
    while (heap.size > 0 && heap.key < reach) {
      const key = heap.key;
      const node = heap.pop();
      if (key > distance[node]!) continue;
      if (this.#left[node]! < 0) {
        reach = key;
        break;
      }
      this.#settled[settled++] = node;
      for (let at = this.#offsets[node]!; at < this.#offsets[node + 1]!; at++) {
        const code = this.#arcs[at]!;
        if ((code & 1) === 1 && this.flow[code >> 1] === 0) continue;
        const head = this.#head(code);
        const through = key + this.#reducedCost(code, node, head);
        if (through >= distance[head]!) continue;
        distance[head] = through;
        heap.push(head, through);
      }
    }
    if (reach === Number.POSITIVE_INFINITY) {
      // No node has anything left to give; `distance` is not used again.
      return false;
    }
    // Only differences of potentials count, so what is nearer than `reach` is lowered instead of raising all the others.
    for (let index = 0; index < settled; index++) {
      const node = this.#settled[index]!;
      this.#potential[node]! -= reach - distance[node]!;
    }
    this.#forget(settled);
    return true;
  }

  /** Breadth-first levels over free arcs; false when they lead to no demand. */
  findLevels(): boolean {
    const level = this.#level;
    level.fill(-1);
    let tail = 0;
    for (const node of this.#givers) {
      if (this.#left[node]! <= 0) continue;
      level[node] = 0;
      this.#queue[tail++] = node;
    }
    let last = Number.POSITIVE_INFINITY;
    for (let head = 0; head < tail; head++) {
      const node = this.#queue[head]!;
      const here = level[node]!;
      if (here >= last) break;
      this.#current[node] = this.#offsets[node]!;
      for (let at = this.#offsets[node]!; at < this.#offsets[node + 1]!; at++) {
        const code = this.#arcs[at]!;
        const next = this.#head(code);
        if (level[next] !== -1 || !this.#isFree(code, node, next)) continue;
        level[next] = here + 1;
        this.#current[next] = this.#offsets[next]!;
        this.#queue[tail++] = next;
        if (this.#left[next]! < 0) last = here + 1;
      }
    }
    return last !== Number.POSITIVE_INFINITY;
  }

  /** A blocking flow along the levels. */
  block(): void {
    for (const giver of this.#givers) {
      while (this.#left[giver]! > 0 && this.#augment(giver));
    }
  }

  #augment(giver: number): boolean {
    const path = this.#path;
    let depth = 0;
    let node = giver;
    while (this.#left[node]! >= 0) {
      const code = this.#advance(node);
      if (code >= 0) {
        path[depth++] = code;
        node = this.#head(code);
        continue;
      }
      if (depth === 0) return false;
      node = this.#head(path[--depth]! ^ 1);
      this.#current[node]!++;
    }
    let units = Math.min(this.#left[giver]!, -this.#left[node]!);
    for (let at = 0; at < depth; at++) {
      const code = path[at]!;
      if ((code & 1) === 1) units = Math.min(units, this.flow[code >> 1]!);
    }
    for (let at = 0; at < depth; at++) {
      const code = path[at]!;
      this.flow[code >> 1]! += (code & 1) === 1 ? -units : units;
    }
    this.#left[giver]! -= units;
    this.#left[node]! += units;
    return true;
  }

  /** The next free arc one level on, or -1. */
  #advance(node: number): number {
    const end = this.#offsets[node + 1]!;
    for (let at = this.#current[node]!; at < end; at++) {
      const code = this.#arcs[at]!;
      const next = this.#head(code);
      if (this.#level[next] !== this.#level[node]! + 1 || !this.#isFree(code, node, next)) continue;
      this.#current[node] = at;
      return code;
    }
    this.#current[node] = end;
    return -1;
  }

  #isFree(code: number, tail: number, head: number): boolean {
    if ((code & 1) === 1 && this.flow[code >> 1] === 0) return false;
    return this.#reducedCost(code, tail, head) === 0;
  }

  #head(code: number): number {
    return (code & 1) === 0 ? this.#to[code >> 1]! : this.#from[code >> 1]!;
  }

  #reducedCost(code: number, tail: number, head: number): number {
    const cost = this.#costs[code >> 1]!;
    return ((code & 1) === 0 ? cost : -cost) + this.#potential[tail]! - this.#potential[head]!;
  }

  /** Distances back to infinity, but only where they were set: rounds often end close to the givers. */
  #forget(settled: number): void {
    const distance = this.#distance;
    for (const node of this.#givers) distance[node] = Number.POSITIVE_INFINITY;
    for (let index = 0; index < settled; index++) {
      const node = this.#settled[index]!;
      distance[node] = Number.POSITIVE_INFINITY;
      for (let at = this.#offsets[node]!; at < this.#offsets[node + 1]!; at++) {
        distance[this.#head(this.#arcs[at]!)] = Number.POSITIVE_INFINITY;
      }
    }
  }
}
