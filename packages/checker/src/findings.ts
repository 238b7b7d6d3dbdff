import { compareStates, control, type Store } from './store.ts';

/** At most this many invariants: a bit each. */
export const maxInvariants = 32;

/** Numbers of a thread: its transitions, then for each invariant how many violate it, the first of them, its level. */
const numbersOfThread = 1 + 3 * maxInvariants;

/** Shared memory for what `threads` threads find. */
export const allocateFindings = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(threads * numbersOfThread * 8);

/** Where one thread notes what it finds. */
export interface Findings {
  addTransitions(count: number): void;
  /** Bit i of `violated` is set when the state violates invariant i. */
  note(violated: number, state: number): void;
}

/** The part of the buffer that belongs to thread number `thread` (from 0): no two threads write to one place. */
export function createFindings(buffer: SharedArrayBuffer, thread: number, store: Store): Findings {
  const numbers = new Float64Array(buffer, thread * numbersOfThread * 8, numbersOfThread);
  return {
    addTransitions(count) {
      numbers[0]! += count;
    },
    note(violated, state) {
      const level = store.control[control.level]!;
      for (let invariant = 0; invariant < maxInvariants; invariant++) {
        if ((violated & (1 << invariant)) === 0) continue;
        const at = 1 + 3 * invariant;
        const first = numbers[at]! === 0;
        numbers[at]! += 1;
        if (
          first ||
          (numbers[at + 2] === level && compareStates(store.states, state, numbers[at + 1]!, store.words) < 0)
        ) {
          numbers[at + 1] = state;
          numbers[at + 2] = level;
        }
      }
    },
  };
}

/** Transitions that all threads have taken together. */
export function countTransitions(buffer: SharedArrayBuffer): number {
  const numbers = new Float64Array(buffer);
  let transitions = 0;
  for (let at = 0; at < numbers.length; at += numbersOfThread) transitions += numbers[at]!;
  return transitions;
}

/** An invariant that does not hold. */
export interface Violation {
  /** Its number in the model. */
  invariant: number;
  name: string;
  /** How many of the states explored violate it. */
  count: number;
  /** Number of one of the violating states that are nearest to an initial one. */
  state: number;
  /** Steps from an initial state to it. */
  depth: number;
}

/** What all threads have found together, nearest first. */
export function readViolations(buffer: SharedArrayBuffer, names: readonly string[], store: Store): Violation[] {
  const numbers = new Float64Array(buffer);
  const violations: Violation[] = [];
  for (const [invariant, name] of names.entries()) {
    let merged: Violation | undefined;
    for (let base = 0; base < numbers.length; base += numbersOfThread) {
      const at = base + 1 + 3 * invariant;
      const [count, state, depth] = [numbers[at]!, numbers[at + 1]!, numbers[at + 2]!];
      if (count === 0) continue;
      const found: Violation = { invariant, name, count, state, depth };
      merged = merged ? nearer(merged, found, store) : found;
    }
    if (merged) violations.push(merged);
  }
  return violations.sort((a, b) => a.depth - b.depth || a.invariant - b.invariant);
}

function nearer(a: Violation, b: Violation, store: Store): Violation {
  const order = a.depth - b.depth || compareStates(store.states, a.state, b.state, store.words);
  return { ...(order <= 0 ? a : b), count: a.count + b.count };
}
