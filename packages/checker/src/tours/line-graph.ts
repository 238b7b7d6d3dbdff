import type { Circulation } from './circulation.ts';
import type { Multigraph } from './euler.ts';
import { edgeSources, type Graph, reachableNodes } from './graph.ts';

/**
 * The graph whose nodes are the edges: node 0 stands before the first step, node `1 + edge` for having just taken
 * that edge. An arc leads to one that can be taken next; it costs and is labelled with the edge that it leads to.
 */
export function lineGraph(graph: Graph): Graph {
  const { initial, offsets, targets, costs, resetCost } = graph;
  const edges = targets.length;
  const degree = (node: number): number => offsets[node + 1]! - offsets[node]!;
  const rows = new Uint32Array(edges + 2);
  rows[1] = degree(initial);
  for (let edge = 0; edge < edges; edge++) rows[edge + 2] = rows[edge + 1]! + degree(targets[edge]!);
  const labels = new Uint32Array(rows[edges + 1]!);
  for (let row = 0; row <= edges; row++) {
    const node = row === 0 ? initial : targets[row - 1]!;
    for (let at = 0; at < degree(node); at++) labels[rows[row]! + at] = offsets[node]! + at;
  }
  return {
    nodes: edges + 1,
    initial: 0,
    offsets: rows,
    targets: labels.map((edge) => edge + 1),
    labels,
    costs: labels.map((edge) => costs[edge]!),
    resetCost,
  };
}

/** Reachable edges that enter each node. */
export function entering(graph: Graph): Uint32Array {
  const { nodes, offsets, targets } = graph;
  const reached = reachableNodes(graph);
  const counts = new Uint32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (reached[node] === 0) continue;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) counts[targets[edge]!]!++;
  }
  return counts;
}

/**
 * Deals out which walk of an edge is followed by which: at every node each pair once, and what is left over, ends and
 * beginnings of paths included, in any order, since at a node all that comes in can go on anywhere.
 */
export function pairUp(graph: Graph, line: Graph, { walks, exits, resets }: Circulation): Multigraph {
  const { nodes, initial, offsets } = graph;
  const reached = reachableNodes(graph);
  const edgesInto = groupByTarget(graph, reached);
  const lineWalks = new Uint32Array(line.targets.length);
  const lineExits = new Uint32Array(line.nodes);
  for (let node = 0; node < nodes; node++) {
    if (reached[node] === 0) continue;
    const incoming = edgesInto[node]!;
    const first = offsets[node]!;
    const leaving = offsets[node + 1]! - first;
    const outLeft = Array.from({ length: leaving }, (_, at) => walks[first + at]! - incoming.length);
    let out = 0;
    /** Gives `units` that come in by row `row` of the line graph to edges that still are to be walked. */
    const deal = (row: number, units: number): void => {
      for (let left = units; left > 0; ) {
        while (outLeft[out] === 0) out++;
        const dealt = Math.min(left, outLeft[out]!);
        outLeft[out]! -= dealt;
        lineWalks[line.offsets[row]! + out]! += dealt;
        left -= dealt;
      }
    };
    if (node === initial) deal(0, resets);
    let exitsLeft = exits[node]!;
    for (const edge of incoming) {
      const row = edge + 1;
      for (let at = line.offsets[row]!; at < line.offsets[row + 1]!; at++) lineWalks[at]!++;
      const left = walks[edge]! - leaving;
      const ends = Math.min(left, exitsLeft);
      exitsLeft -= ends;
      lineExits[row] = ends;
      deal(row, left - ends);
    }
  }
  return { walks: lineWalks, exits: lineExits, resets };
}

/** The edges that can be reached, by where they lead. */
function groupByTarget(graph: Graph, reached: Uint8Array): number[][] {
  const sources = edgeSources(graph);
  const groups: number[][] = Array.from({ length: graph.nodes }, () => []);
  graph.targets.forEach((target, edge) => {
    if (reached[sources[edge]!] === 1) groups[target]!.push(edge);
  });
  return groups;
}
