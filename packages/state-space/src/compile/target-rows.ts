import type { StepKind } from '../component/cell-steps.ts';
import { CONTEXTS, type CompiledCell } from './compile.ts';

/**
 * Where the steps of a cell lead to, each place once, and without the steps that change nothing: of the transitions of
 * the good model these are less than two thirds.
 */
export interface TargetRows {
  /** Row of block b when the others are o: `row[b * 4 + o] .. row[b * 4 + o + 1]`. */
  readonly row: Int32Array;
  /** Ascending codes; those with a spill have it, plus one, from bit `SPILL_SHIFT` on. */
  readonly target: Int32Array;
  /** For each row, how many steps there are in all. */
  readonly steps: Int32Array;
  /** For each step of the router, 1 when it is taken. */
  readonly moves: Uint8Array;
}

/** The lowest bit of a spill's index in `TargetRows.target`: codes are below 2 ** 24. */
export const SPILL_SHIFT = 24;

/** Of the steps whose kind is `taken`. */
export function createTargetRows(compiled: CompiledCell, taken: (kind: StepKind) => boolean): TargetRows {
  const { base, labels, moveLabel, label } = compiled;
  const isTaken = labels.map(({ kind }) => taken(kind));
  const rows = compiled.row.length - 1;
  const row = new Int32Array(rows + 1);
  const steps = new Int32Array(rows);
  const target: number[] = [];
  for (let router = 0, at = 0; at < rows; at++) {
    const block = Math.floor(at / CONTEXTS);
    while (base[router + 1]! <= block) router++;
    const own = block - base[router]!;
    const places = new Set<number>();
    for (let edge = compiled.row[at]!; edge < compiled.row[at + 1]!; edge++) {
      if (!isTaken[label[edge]!]) continue;
      steps[at]! += 1;
      const [code, spills] = [compiled.target[edge]!, compiled.spill[edge]!];
      if (code !== own || spills !== 0) places.add((spills << SPILL_SHIFT) | code);
    }
    target.push(...Int32Array.from(places).sort());
    row[at + 1] = target.length;
  }
  return {
    row,
    target: Int32Array.from(target),
    steps,
    moves: Uint8Array.from(moveLabel, (of) => (isTaken[of] ? 1 : 0)),
  };
}
