import type { Graph } from './graph.ts';

/** How often to do what; each node is left as often as it is entered, and all of it hangs together. */
export interface Multigraph {
  readonly walks: Uint32Array;
  /** Paths that end at each node. */
  readonly exits: Uint32Array;
  readonly resets: number;
}

/** Paths that together walk every edge as often as is asked: Hierholzer's circuit, cut at its resets. */
export function eulerPaths(graph: Graph, { walks, exits, resets }: Multigraph): number[][] {
  const { initial, offsets, targets } = graph;
  const hub = graph.nodes;
  const next = offsets.slice(0, graph.nodes);
  const walksLeft = walks.slice();
  const exitsLeft = exits.slice();
  let resetsLeft = resets;
  const resetCode = targets.length;
  const exitCode = resetCode + 1;
  const circuit: number[] = [];
  const stackNodes = [hub];
  const stackCodes = [exitCode];
  const go = (to: number, code: number): void => {
    stackNodes.push(to);
    stackCodes.push(code);
  };
  while (stackNodes.length > 0) {
    const node = stackNodes.at(-1)!;
    if (node === hub) {
      if (resetsLeft > 0) {
        resetsLeft--;
        go(initial, resetCode);
        continue;
      }
    } else {
      while (next[node]! < offsets[node + 1]! && walksLeft[next[node]!] === 0) next[node]!++;
      const edge = next[node]!;
      if (edge < offsets[node + 1]!) {
        walksLeft[edge]!--;
        go(targets[edge]!, edge);
        continue;
      }
      if (exitsLeft[node]! > 0) {
        exitsLeft[node]!--;
        go(hub, exitCode);
        continue;
      }
    }
    stackNodes.pop();
    circuit.push(stackCodes.pop()!);
  }
  const paths: number[][] = [];
  for (const code of circuit.reverse()) {
    if (code === resetCode) paths.push([]);
    else if (code !== exitCode) paths.at(-1)!.push(code);
  }
  return paths;
}
