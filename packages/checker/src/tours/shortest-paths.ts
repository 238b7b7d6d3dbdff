import { edgeSources, type Graph } from './graph.ts';
import { Heap } from './heap.ts';

/** The cheapest ways from the initial node. */
export interface ShortestPaths {
  /** A node; infinity where no path leads. */
  readonly distance: Float64Array;
  /** The node that each edge leaves. */
  readonly sources: Uint32Array;
  /** The edges of a cheapest path to a node that can be reached. */
  pathTo(node: number): number[];
}

/** Dijkstra from the initial node. */
export function shortestPaths(graph: Graph): ShortestPaths {
  const { offsets, targets, costs } = graph;
  const sources = edgeSources(graph);
  const distance = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
  const via = new Int32Array(graph.nodes).fill(-1);
  const heap = new Heap();
  distance[graph.initial] = 0;
  heap.push(graph.initial, 0);
  while (heap.size > 0) {
    const key = heap.key;
    const node = heap.pop();
    if (key > distance[node]!) continue;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const target = targets[edge]!;
      const through = key + costs[edge]!;
      if (through >= distance[target]!) continue;
      distance[target] = through;
      via[target] = edge;
      heap.push(target, through);
    }
  }
  const pathTo = (node: number): number[] => {
    const path: number[] = [];
    for (let edge = via[node]!; edge !== -1; edge = via[sources[edge]!]!) path.push(edge);
    return path.reverse();
  };
  return { distance, sources, pathTo };
}
