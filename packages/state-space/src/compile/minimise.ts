/**
 * Merges what cannot be told apart: the coarsest bisimulation of the nodes, by partition refinement (Kanellakis and Smolka).
 *
 * What no invariant reads and no step depends on, such as whether something that is not in force is absent or only old,
 * disappears from the state space, and nothing else does.
 *
 * @module
 */
import type { Node } from './enumerate.ts';
import { SignatureIndex } from './signature-index.ts';

/** The block of each node. Blocks are numbered in the order of their first nodes. */
export function minimise(nodes: readonly Node[], observe: (node: Node, at: number) => string): Int32Array {
  let { blocks, count } = partitionBy(nodes, observe);
  const steps = stepsOf(nodes);
  for (;;) {
    const refined = refine(nodes, steps, blocks);
    blocks = refined.blocks;
    if (refined.count === count) return blocks;
    count = refined.count;
  }
}

interface Partition {
  blocks: Int32Array;
  count: number;
}

function partitionBy(nodes: readonly Node[], keyOf: (node: Node, at: number) => string): Partition {
  const codes = new Map<string, number>();
  const blocks = Int32Array.from(nodes, (node, at) => {
    const key = keyOf(node, at);
    const block = codes.get(key) ?? codes.size;
    codes.set(key, block);
    return block;
  });
  return { blocks, count: codes.size };
}

/** The steps of a node: for each its target, and a number that is equal for equal labels, needs and spills. */
interface Steps {
  kinds: Int32Array;
  targets: Int32Array;
}

/** Splits each block by what its nodes do, block by block: the sequence for it is sorted, and has each step once. */
function refine(nodes: readonly Node[], steps: readonly Steps[], blocks: Int32Array): Partition {
  const index = new SignatureIndex();
  const longest = Math.max(...nodes.map(({ edges, moves, spills }) => 2 + edges.length + moves.length + spills.length));
  const signature = new Float64Array(longest);
  const next = new Int32Array(nodes.length);
  for (let at = 0; at < nodes.length; at++) {
    const { kinds, targets } = steps[at]!;
    const taken = signature.subarray(0, kinds.length);
    for (let i = 0; i < kinds.length; i++) taken[i] = kinds[i]! * nodes.length + blocks[targets[i]!]!;
    taken.sort();
    let length = 0;
    for (let i = 0; i < kinds.length; i++) if (i === 0 || taken[i] !== taken[i - 1]) signature[length++] = taken[i]!;
    signature[length++] = -1 - blocks[at]!;
    for (const target of nodes[at]!.moves) signature[length++] = blocks[target]!;
    for (const target of nodes[at]!.spills) signature[length++] = blocks[target]!;
    next[at] = index.add(signature, length);
  }
  return { blocks: next, count: index.size };
}

function stepsOf(nodes: readonly Node[]): Steps[] {
  const codes = new Map<string, number>();
  return nodes.map(({ edges }) => ({
    kinds: Int32Array.from(edges, ({ label, needs, spill }) => {
      const key = `${label} ${needs.mask} ${needs.value} ${spill}`;
      const code = codes.get(key) ?? codes.size;
      codes.set(key, code);
      return code;
    }),
    targets: Int32Array.from(edges, (edge) => edge.target),
  }));
}
