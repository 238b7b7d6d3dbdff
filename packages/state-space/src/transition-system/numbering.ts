/**
 * Ranks and unranks the states of the model for checking: the checker then looks states up in a bit map, and not in a hash
 * table.
 *
 * The cells of a state are codes from 0 to n - 1 that depend on each other only through what they share, so that nearly
 * every combination is reached. Under symmetry a state is a multiset of codes; those are numbered without a gap by the
 * combinatorial number system (Knuth, The Art of Computer Programming 4A, 7.2.1.3): the code at place p of the ascending
 * codes weighs choose(code + p, p + 1). Two groups with codes 3 and 5, the router in a state whose numbers begin at 0:
 *
 *     rank:    choose(3 + 0, 1) + choose(5 + 1, 2) = 3 + 15                       = 18
 *     unrank:  place 1: the largest code with choose(code + 1, 2) <= 18 is 5; 18 - 15 are left
 *              place 0: the largest code with choose(code + 0, 1) <=  3 is 3;  3 -  3 are left
 *     next:    codes 4 and 5 have number 19, 5 and 5 have 20, 0 and 6 have 21: no gap
 *
 * Without symmetry the weight is code * n ** p, as in a number with digits of base n. Each state of the router has a range
 * of numbers for itself, one range after the other.
 *
 * @module
 */
import type { Numbering, Targets } from '@limpet/checker';
import { CONTEXTS, type CompiledCell } from '../compile/compile.ts';
import { createTargetRows, SPILL_SHIFT, type TargetRows } from '../compile/target-rows.ts';
import type { Layout } from './state-layout.ts';

/** Undefined when the numbers would not fit 31 bits. */
export function createNumbering(
  compiled: CompiledCell,
  layout: Layout,
  groups: number,
  symmetry: boolean,
): Numbering | undefined {
  const { base, shows, spilled, moveRow, moveTo, moved } = compiled;
  const { wordOf, shiftOf, mask, words } = layout;
  const blocks = base[base.length - 1]!;
  const routers = base.length - 1;
  const counts = Array.from({ length: routers }, (_, r) => base[r + 1]! - base[r]!);
  const most = Math.max(...counts);
  const sizeOf = (count: number): number => (symmetry ? choose(count - 1 + groups, groups) : count ** groups);
  const offsets = [0];
  for (const [r, count] of counts.entries()) offsets.push(offsets[r]! + sizeOf(count));
  const size = offsets[routers]!;
  if (size >= 2 ** 31) return undefined;

  /** `weights[r][place * most + code]`: what a code contributes to the number of a state, by its place. */
  const weights = counts.map((count) => {
    const table = new Float64Array(groups * most);
    for (let place = 0; place < groups; place++)
      for (let code = 0; code < count; code++)
        table[place * most + code] = symmetry ? choose(code + place, place + 1) : code * count ** place;
    return Int32Array.from(table, (weight) => Math.min(weight, 2 ** 31 - 1));
  });

  const finders = weights.map((table, r) =>
    Array.from({ length: groups }, (_, place) =>
      createFinder(table.subarray(place * most, place * most + counts[r]!), sizeOf(counts[r]!)),
    ),
  );

  const cells = new Int32Array(groups);
  const next = new Int32Array(groups);
  /** Of all cells but one: their codes, and what they and the router contribute when that one stands at place p. */
  const rest = new Int32Array(groups);
  const around = new Int32Array(groups);

  const read = (states: Uint32Array, at: number): void => {
    for (let i = 0; i < groups; i++) cells[i] = (states[at + wordOf[i]!]! >>> shiftOf[i]!) & mask;
  };

  /** The rank of the state with the codes of `next`, which it sorts under symmetry. */
  const rankOfNext = (router: number): number => {
    if (symmetry) insertionSort(next);
    const table = weights[router]!;
    let number = offsets[router]!;
    for (let place = 0; place < groups; place++) number += table[place * most + next[place]!]!;
    return number;
  };

  const leaveOut = (i: number, router: number): void => {
    const table = weights[router]!;
    for (let j = 0, place = 0; j < groups; j++) if (j !== i) rest[place++] = cells[j]!;
    rest[groups - 1] = most;
    for (let place = 0; place < groups; place++) {
      let sum = offsets[router]!;
      for (let j = 0; j < groups - 1; j++) sum += table[(j < place ? j : j + 1) * most + rest[j]!]!;
      around[place] = sum;
    }
  };

  /** Called for every state: what it reads again and again is in locals, where V8 keeps it in registers. */
  const targetsBy = ({ row, target, steps, moves }: TargetRows) => {
    const shown = new Uint8Array(groups);
    return (states: Uint32Array, at: number, out: Targets): number => {
      const [numbers, targets, standing, sums] = [out.numbers, target, rest, around];
      const router = states[at]! & 7;
      const first = base[router]!;
      const table = weights[router]!;
      let count = 0;
      let taken = 0;
      for (let i = 0; i < groups; i++) {
        const code = (states[at + wordOf[i]!]! >>> shiftOf[i]!) & mask;
        cells[i] = code;
        shown[i] = shows[first + code]!;
      }
      for (let i = 0; i < groups; i++) {
        let others = 0;
        for (let j = 0; j < groups; j++) if (j !== i) others |= shown[j]!;
        const from = (first + cells[i]!) * CONTEXTS + others;
        taken += steps[from]!;
        // Cells that are alike lead to the same states.
        if (symmetry && i > 0 && cells[i] === cells[i - 1]) continue;
        const end = row[from + 1]!;
        let edge = row[from]!;
        if (edge === end) continue;
        leaveOut(i, router);
        // Below, cell i takes its steps, and all others stay: `rest` has their codes in ascending order. A step's code
        // belongs before the first of them that is not smaller, at `place`, where it weighs `table[weight + code]`; those
        // after it move one place up, which `around[place]`, here `sum`, has counted already. So a target costs one
        // addition. The codes of a row ascend, so the insertion place only moves right: one pass merges `target`
        // and `rest`, which ends with `most`, a number above every code. Without symmetry a cell keeps its place.
        let place = symmetry ? 0 : i;
        let limit = symmetry ? standing[0]! : most;
        let sum = sums[place]!;
        let weight = place * most;
        for (; edge < end; edge++) {
          const code = targets[edge]!;
          if (code > most) {
            numbers[count++] = spillOver(i, code, router);
            continue;
          }
          while (limit < code) {
            place++;
            limit = standing[place]!;
            sum = sums[place]!;
            weight += most;
          }
          numbers[count++] = sum + table[weight + code]!;
        }
      }
      for (let move = moveRow[router]!, end = moveRow[router + 1]!; move < end; move++) {
        if (moves[move] === 0) continue;
        taken++;
        for (let j = 0; j < groups; j++) next[j] = moved[move * blocks + first + cells[j]!]!;
        numbers[count++] = rankOfNext(moveTo[move]!);
      }
      out.count = count;
      return taken;
    };
  };

  /** A step of cell i that does something to the others, too. */
  const spillOver = (i: number, target: number, router: number): number => {
    const from = ((target >>> SPILL_SHIFT) - 1) * blocks + base[router]!;
    for (let j = 0; j < groups; j++) next[j] = spilled[from + cells[j]!]!;
    next[i] = target & ((1 << SPILL_SHIFT) - 1);
    return rankOfNext(router);
  };

  return {
    size,
    rank: (states, at) => {
      read(states, at);
      next.set(cells);
      return rankOfNext(states[at]! & 7);
    },
    unrank: (number, states, at) => {
      let router = 0;
      while (offsets[router + 1]! <= number) router++;
      const table = weights[router]!;
      let left = number - offsets[router]!;
      states[at] = router;
      for (let w = 1; w < words; w++) states[at + w] = 0;
      for (let place = groups - 1; place >= 0; place--) {
        const code = finders[router]![place]!(left);
        left -= table[place * most + code]!;
        states[at + wordOf[place]!]! |= code << shiftOf[place]!;
      }
    },
    targets: targetsBy(createTargetRows(compiled, () => true)),
    systemTargets: targetsBy(createTargetRows(compiled, (kind) => kind === 'system')),
  };
}

/** Buckets of the values that a finder is asked for. */
const BUCKETS = 4096;

/** Finds the last place of `ascending`, which begins with 0, where it is not above a value; values are below `end`. */
function createFinder(ascending: Int32Array, end: number): (value: number) => number {
  const shift = Math.max(0, Math.ceil(Math.log2(end / BUCKETS)));
  const last = ascending.length - 1;
  const starts = new Int32Array(Math.floor((end - 1) / 2 ** shift) + 1);
  for (let bucket = 1, at = 0; bucket < starts.length; bucket++) {
    while (at < last && ascending[at + 1]! <= bucket * 2 ** shift) at++;
    starts[bucket] = at;
  }
  return (value) => {
    let at = starts[value >>> shift]!;
    while (at < last && ascending[at + 1]! <= value) at++;
    return at;
  };
}

function insertionSort(codes: Int32Array): void {
  for (let i = 1; i < codes.length; i++) {
    const code = codes[i]!;
    let j = i - 1;
    for (; j >= 0 && codes[j]! > code; j--) codes[j + 1] = codes[j]!;
    codes[j + 1] = code;
  }
}

/** The binomial coefficient. */
function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return n < k ? 0 : Math.round(result);
}
