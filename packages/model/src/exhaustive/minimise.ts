/**
 * Merges what nobody can tell apart: the coarsest bisimulation of the nodes, by partition refinement (Kanellakis and Smolka).
 *
 * What no invariant reads and no step depends on, such as whether something that is not in force is absent or only old,
 * disappears from the state space, and nothing else does.
 *
 * @module
 */
import type { Node } from './enumerate.ts';

/** The block of each node. Blocks are numbered within each state of the router, in the order of their first nodes. */
export function minimise(nodes: readonly Node[], observe: (node: Node, at: number) => string): Int32Array {
  let blocks: Int32Array = new Int32Array(nodes.length);
  const kinds = kindsOf(nodes);
  const targets = nodes.map(({ edges }) => Int32Array.from(edges, (edge) => edge.target));
  let count = partition(nodes, blocks, observe);
  for (;;) {
    const next = new Int32Array(nodes.length);
    const refined = partition(nodes, next, (node, at) =>
      signature(node, kinds[at]!, targets[at]!, blocks[at]!, blocks),
    );
    blocks = next;
    if (refined === count) return blocks;
    count = refined;
  }
}

function partition(nodes: readonly Node[], blocks: Int32Array, keyOf: (node: Node, at: number) => string): number {
  const codes = new Map<string, number>();
  nodes.forEach((node, at) => {
    const key = keyOf(node, at);
    const block = codes.get(key) ?? codes.size;
    codes.set(key, block);
    blocks[at] = block;
  });
  return codes.size;
}

/** Block by block: what a node does, as numbers, sorted, each once. */
function signature(
  { moves, spills }: Node,
  kinds: Int32Array,
  targets: Int32Array,
  own: number,
  blocks: Int32Array,
): string {
  const steps = new Float64Array(kinds.length);
  for (let i = 0; i < kinds.length; i++) steps[i] = kinds[i]! * blocks.length + blocks[targets[i]!]!;
  steps.sort();
  let key = `${own}`;
  for (let i = 0; i < steps.length; i++) if (i === 0 || steps[i] !== steps[i - 1]) key += ` ${steps[i]}`;
  for (const target of moves) key += `,${blocks[target]}`;
  for (const target of spills) key += `;${blocks[target]}`;
  return key;
}

/** For each edge a number: equal for equal labels, needs and spills. */
function kindsOf(nodes: readonly Node[]): Int32Array[] {
  const codes = new Map<string, number>();
  return nodes.map(({ edges }) =>
    Int32Array.from(edges, ({ label, needs, spill }) => {
      const key = `${label} ${needs.mask} ${needs.value} ${spill}`;
      const code = codes.get(key) ?? codes.size;
      codes.set(key, code);
      return code;
    }),
  );
}
