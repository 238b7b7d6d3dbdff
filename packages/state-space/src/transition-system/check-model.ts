/**
 * The whole as the checker explores it: some cells and one router, as packed integers.
 *
 *     bits of word 0    31 ...  | code of cell 1 | code of cell 0 | 2 1 0: the router's state
 *
 * A cell whose code does not fit the rest of a word goes to the next one (`state-layout.ts`). The successors of a state are
 * the rows of its cells, each for what the others are, then the router's steps; the tables are drawn in `compile.ts`.
 * Under symmetry the codes are sorted, so that states that differ only in the order of groups are one.
 *
 * @module
 */
import type { ModelSource, Successors } from '@limpet/checker';
import { CONTEXTS, type CompiledCell, compileCell } from '../compile/compile.ts';
import type { BugName } from '../component/bugs.ts';
import { describeCell, describeLabel, describeRouter } from './describe.ts';
import { createNumbering } from './numbering.ts';
import { type Layout, layOut, ROUTER_BITS } from './state-layout.ts';

/** How large the system is, and what is wrong with it. Plain data: a worker makes the same model from it. */
export interface CheckModelOptions {
  /** Groups, one rule each, that share one router. */
  groups: number;
  /** Places for members in each group; each group has at least one VM, and at most so many. */
  members: number;
  /** Of states that differ only in the order of groups, or of the members of a group, explore one. @defaultValue true */
  symmetry?: boolean;
  /** A bug to switch on. */
  bug?: BugName | undefined;
  /** Continue a run after the bug has broken an invariant. @defaultValue false: the run ends there */
  continueAfterViolation?: boolean;
  /** Addresses of rules go elsewhere and come back. @defaultValue false */
  addressesMove?: boolean;
  /** Certificates of rules go and come back. @defaultValue false */
  certificatesGo?: boolean;
}

/** With more groups than these, addresses stay: `addressesMove` makes three groups of two 6 times as many states. */
export const MOST_GROUPS_THAT_MOVE = 2;

/** How a worker makes the same model. */
export function checkModelSource(options: CheckModelOptions): ModelSource {
  return { module: import.meta.url, factory: createCheckModel.name, options };
}

/** A model for checking, and the tables that it runs on. */
export type CheckModel = ReturnType<typeof createCheckModel>;

/** The model in the form that the checker takes (its `Model`), made once for each worker from the same options. */
export function createCheckModel({
  groups,
  members,
  symmetry = true,
  bug,
  continueAfterViolation = false,
  addressesMove = false,
  certificatesGo = false,
}: CheckModelOptions) {
  if (
    !(
      Number.isInteger(groups) &&
      groups >= 1 &&
      groups <= 8 &&
      Number.isInteger(members) &&
      members >= 1 &&
      members <= 4
    )
  )
    throw new RangeError(`groups must be 1 to 8 and members 1 to 4, got ${groups} and ${members}`);
  const compiled = compileCell({
    members,
    folded: symmetry,
    bug,
    continueAfterViolation,
    addressesMove,
    certificatesGo,
  });
  const layout = layOut(compiled, groups);
  const numbering = createNumbering(compiled, layout, groups, symmetry);
  return {
    compiled,
    layout,
    addressesMove,
    certificatesGo,
    name: `${groups} x ${members}${addressesMove ? ', addresses move' : ''}${certificatesGo ? ', certificates go' : ''}${bug === undefined ? '' : ` with ${bug}`}`,
    words: layout.words,
    initial: [
      layout.pack(
        0,
        Array.from({ length: groups }, () => compiled.initial),
      ),
    ],
    maxSuccessors: groups * compiled.widest + 8,
    successors: successorsOf(compiled, layout, groups, symmetry),
    // In a run that people read, a group keeps its lane.
    ...(symmetry && { successorsInPlace: successorsOf(compiled, layout, groups, false) }),
    ...(numbering && { numbering }),
    violations: (states: Uint32Array, at: number): number => {
      const first = compiled.base[layout.router(states, at)]!;
      let violated = 0;
      for (let i = 0; i < groups; i++) violated |= compiled.violated[first + layout.cell(states, at, i)]!;
      return violated;
    },
    invariants: compiled.invariants,
    quiescent: (states: Uint32Array, at: number): boolean => {
      const first = compiled.base[layout.router(states, at)]!;
      for (let i = 0; i < groups; i++) if (compiled.quiescent[first + layout.cell(states, at, i)] === 0) return false;
      return true;
    },
    kindOf: (label: number) => compiled.labels[Math.floor(label / groups)]!.kind,
    describeStep: (label: number) => describeLabel(compiled.labels[Math.floor(label / groups)]!, label % groups),
    describeState: (states: Uint32Array, at: number): Record<string, string> => {
      const router = layout.router(states, at);
      const lanes: Record<string, string> = {};
      for (let i = 0; i < groups; i++)
        Object.assign(lanes, describeCell(compiled, compiled.base[router]! + layout.cell(states, at, i), i));
      return { ...lanes, router: describeRouter(router) };
    },
  };
}

function successorsOf(compiled: CompiledCell, layout: Layout, groups: number, sorted: boolean) {
  const { row, target, label, spill, spilled, base, shows, moveRow, moveLabel, moveTo, moved } = compiled;
  const { wordOf, shiftOf, mask, words } = layout;
  const blocks = base[base.length - 1]!;
  const cells = new Int32Array(groups);
  const next = new Int32Array(groups);

  /** Sorts `next` when groups are interchangeable, and packs it. */
  const write = (router: number, out: Successors): void => {
    if (sorted)
      for (let i = 1; i < groups; i++) {
        const code = next[i]!;
        let j = i - 1;
        for (; j >= 0 && next[j]! > code; j--) next[j + 1] = next[j]!;
        next[j + 1] = code;
      }
    const at = out.count++ * words;
    out.states[at] = router;
    for (let w = 1; w < words; w++) out.states[at + w] = 0;
    for (let i = 0; i < groups; i++) out.states[at + wordOf[i]!]! |= next[i]! << shiftOf[i]!;
  };

  return (states: Uint32Array, at: number, out: Successors): void => {
    out.count = 0;
    const router = states[at]! & (2 ** ROUTER_BITS - 1);
    const first = base[router]!;
    for (let i = 0; i < groups; i++) cells[i] = (states[at + wordOf[i]!]! >>> shiftOf[i]!) & mask;
    for (let i = 0; i < groups; i++) {
      let others = 0;
      for (let j = 0; j < groups; j++) if (j !== i) others |= shows[first + cells[j]!]!;
      const from = (first + cells[i]!) * CONTEXTS + others;
      for (let edge = row[from]!, end = row[from + 1]!; edge < end; edge++) {
        const spills = spill[edge]!;
        for (let j = 0; j < groups; j++)
          next[j] = spills === 0 || j === i ? cells[j]! : spilled[(spills - 1) * blocks + first + cells[j]!]!;
        next[i] = target[edge]!;
        out.labels[out.count] = label[edge]! * groups + i;
        write(router, out);
      }
    }
    for (let move = moveRow[router]!, end = moveRow[router + 1]!; move < end; move++) {
      for (let j = 0; j < groups; j++) next[j] = moved[move * blocks + first + cells[j]!]!;
      out.labels[out.count] = moveLabel[move]! * groups;
      write(moveTo[move]!, out);
    }
  };
}
