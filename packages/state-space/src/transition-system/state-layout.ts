import type { CompiledCell } from '../compile/compile.ts';

/** Bits of the router's state, which has one of five values. */
export const ROUTER_BITS = 3;

/** How a state is packed: the router's state in the lowest bits, then each cell's code, none across two words. */
export interface Layout {
  readonly words: number;
  /** Word and lowest bit of each cell. */
  readonly wordOf: Int32Array;
  readonly shiftOf: Int32Array;
  readonly mask: number;
  router(states: Uint32Array, at: number): number;
  cell(states: Uint32Array, at: number, index: number): number;
  pack(router: number, cells: readonly number[]): number[];
}

/** The layout of `groups` cells: each takes the bits that the largest code of any router state needs. */
export function layOut({ base }: CompiledCell, groups: number): Layout {
  const most = Math.max(...Array.from(base.subarray(1), (end, r) => end - base[r]!));
  const bits = Math.max(1, Math.ceil(Math.log2(most)));
  const wordOf = new Int32Array(groups);
  const shiftOf = new Int32Array(groups);
  let word = 0;
  let shift = ROUTER_BITS;
  for (let i = 0; i < groups; i++, shift += bits) {
    if (shift + bits > 32) {
      word++;
      shift = 0;
    }
    wordOf[i] = word;
    shiftOf[i] = shift;
  }
  const mask = 2 ** bits - 1;
  return {
    words: word + 1,
    wordOf,
    shiftOf,
    mask,
    router: (states, at) => states[at]! & (2 ** ROUTER_BITS - 1),
    cell: (states, at, index) => (states[at + wordOf[index]!]! >>> shiftOf[index]!) & mask,
    pack: (router, cells) => {
      const packed = new Uint32Array(word + 1);
      packed[0] = router;
      cells.forEach((code, i) => {
        packed[wordOf[i]!]! |= code << shiftOf[i]!;
      });
      return [...packed];
    },
  };
}
