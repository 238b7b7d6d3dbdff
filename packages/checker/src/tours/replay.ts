import { TourError } from './errors.ts';
import { edgeSources, type Graph } from './graph.ts';

/** What a replay has seen. */
export interface Replay {
  /** One byte an edge: 1 where it was taken. */
  readonly taken: Uint8Array;
  /** Different edges taken. */
  readonly edges: number;
  /** Different pairs of edges taken one after the other. */
  readonly pairs: number;
  readonly steps: number;
  /** Of all steps and of one reset a path. */
  readonly cost: number;
}

/**
 * Walks the paths on the graph, each from the initial node: the proof of what they cover.
 *
 * @throws TourError `TOUR_REPLAY_FAILED` when a path takes an edge that does not leave the node where it stands.
 */
export function replay(graph: Graph, paths: readonly (readonly number[])[]): Replay {
  const { offsets, targets, costs } = graph;
  const sources = edgeSources(graph);
  const pairs = new PairSet(graph);
  const taken = new Uint8Array(targets.length);
  let edges = 0;
  let steps = 0;
  let cost = 0;
  paths.forEach((path, index) => {
    let node = graph.initial;
    let before = -1;
    cost += graph.resetCost;
    for (const edge of path) {
      if (sources[edge] !== node) {
        throw new TourError(
          'TOUR_REPLAY_FAILED',
          `paths[${index}] stands at node ${node} and takes edge ${edge}, which leaves ${sources[edge] ?? 'no node'}`,
        );
      }
      if (taken[edge] === 0) {
        taken[edge] = 1;
        edges++;
      }
      if (before !== -1) pairs.add(before, edge - offsets[node]!);
      cost += costs[edge]!;
      steps++;
      node = targets[edge]!;
      before = edge;
    }
  });
  return { taken, edges, pairs: pairs.size, steps, cost };
}

/** How many of the goals (sets of edges) have an edge that was taken. */
export function metGoals(replayed: Replay, goals: readonly ArrayLike<number>[]): number {
  let met = 0;
  for (const goal of goals) {
    for (let at = 0; at < goal.length; at++) {
      if (replayed.taken[goal[at]!] === 0) continue;
      met++;
      break;
    }
  }
  return met;
}

/** Pairs of consecutive edges, a bit each: row `edge` has a column for every edge out of its target. */
class PairSet {
  size = 0;
  readonly #rows: Float64Array;
  readonly #seen: Uint8Array;

  constructor({ offsets, targets }: Graph) {
    this.#rows = new Float64Array(targets.length + 1);
    for (let edge = 0; edge < targets.length; edge++) {
      const target = targets[edge]!;
      this.#rows[edge + 1] = this.#rows[edge]! + offsets[target + 1]! - offsets[target]!;
    }
    this.#seen = new Uint8Array(Math.ceil(this.#rows[targets.length]! / 8));
  }

  add(edge: number, column: number): void {
    const at = this.#rows[edge]! + column;
    const byte = Math.floor(at / 8);
    const bit = 1 << (at % 8);
    if ((this.#seen[byte]! & bit) !== 0) return;
    this.#seen[byte]! |= bit;
    this.size++;
  }
}
