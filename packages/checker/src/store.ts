import { CheckerError } from './errors.ts';
import { type MemoryPlan, megabytes, slotBytes, stateBytes } from './memory.ts';

/** Where the words of the control block are. */
export const control = {
  /** Number of the current round; workers sleep on it. */
  round: 0,
  /** What is done in this round, see `RoundKind`. */
  kind: 1,
  /** Workers that are done with this round. */
  finished: 2,
  /** The next state of the round that no thread has taken. */
  next: 3,
  /** The round ends before this state. */
  end: 4,
  /** States stored. */
  count: 5,
  /** The hash table has 2 ** this many slots. */
  log2Slots: 6,
  /** No chunk is begun when more states than this are stored. */
  pauseAt: 7,
  /** Steps from an initial state to the states that are being found. */
  level: 8,
  /** A worker has failed. */
  failed: 9,
  /** Words from here on: the round in which a worker, by its number, begins to take part. */
  joins: 16,
} as const;

/** Most threads of a job: so many words of `control` from `joins` on are theirs. */
export const maxThreads = 64;

/** Memory that all threads share. Plain data, so that it can be sent to a worker. */
export interface StoreBuffers {
  words: number;
  capacity: number;
  states: SharedArrayBuffer;
  parents: SharedArrayBuffer;
  slots: SharedArrayBuffer;
  /** Only for a model that numbers its states. */
  seen?: SharedArrayBuffer;
  control: SharedArrayBuffer;
}

/**
 * Every state reached, in the order in which breadth-first search found them, and a hash table of their numbers.
 *
 * A slot holds the number of a state plus one in its low bits, and above them the bits of the state's hash that do not
 * choose the slot: nearly every probe that reads a state finds the one it looks for. States are compared as a whole, so
 * that two of them are never taken for one. Where the model numbers its states, the slot of a number holds the state's
 * place plus one, and a bit map says which numbers were reached.
 */
export interface Store {
  readonly words: number;
  readonly capacity: number;
  readonly states: Uint32Array;
  /** Number of the state from which this one was first reached; `noParent` for an initial one. */
  readonly parents: Uint32Array;
  readonly slots: Int32Array;
  readonly seen: Int32Array | undefined;
  readonly control: Int32Array;
}

/** The parent of an initial state. */
export const noParent = 0xffff_ffff;
/** A slot that no thread has taken. Memory is zero when it is reserved, so that all slots are empty. */
export const emptySlot = 0;
/** A thread has taken the slot and is writing the state. */
export const busySlot = -1;

/**
 * Shared memory for the states that the plan has room for. Pages that are never touched cost nothing.
 *
 * @throws CheckerError `CHECKER_OUT_OF_MEMORY` when the system does not reserve so much.
 */
export function allocateStore(words: number, plan: MemoryPlan): StoreBuffers {
  const slots = plan.numbers ?? 2 ** plan.log2Slots;
  const bytes = plan.capacity * stateBytes(words) + slotBytes * slots;
  try {
    return {
      words,
      capacity: plan.capacity,
      states: new SharedArrayBuffer(plan.capacity * words * 4),
      parents: new SharedArrayBuffer(plan.capacity * 4),
      slots: new SharedArrayBuffer(slotBytes * slots),
      ...(plan.numbers !== undefined && { seen: new SharedArrayBuffer(4 * Math.ceil(plan.numbers / 32)) }),
      control: new SharedArrayBuffer((control.joins + maxThreads) * 4),
    };
  } catch (cause) {
    const message = `cannot reserve ${megabytes(bytes)}; set memoryBytes to less`;
    throw new CheckerError('CHECKER_OUT_OF_MEMORY', message, { cause });
  }
}

/** A view of the shared buffers. Every thread opens its own; nothing is copied. */
export const openStore = (buffers: StoreBuffers): Store => ({
  words: buffers.words,
  capacity: buffers.capacity,
  states: new Uint32Array(buffers.states),
  parents: new Uint32Array(buffers.parents),
  slots: new Int32Array(buffers.slots),
  seen: buffers.seen && new Int32Array(buffers.seen),
  control: new Int32Array(buffers.control),
});

// The next three are called for each transition, and so are written without loops. `words` is 1 to 4.

/** A 32-bit hash; the last lines are the finalizer "lowbias32" of Chris Wellons' hash-prospector. */
export function hashState(states: Uint32Array, at: number, words: number): number {
  let hash = states[at]!;
  if (words > 1) hash = mix(hash) ^ states[at + 1]!;
  if (words > 2) hash = mix(hash) ^ states[at + 2]!;
  if (words > 3) hash = mix(hash) ^ states[at + 3]!;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0_aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a_2d97);
  return hash ^ (hash >>> 15);
}

const mix = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e37_79b1);

/** True when the states at `a[atA]` and `b[atB]` are equal, word by word. */
export function sameState(a: Uint32Array, atA: number, b: Uint32Array, atB: number, words: number): boolean {
  if (a[atA] !== b[atB]) return false;
  if (words > 1 && a[atA + 1] !== b[atB + 1]) return false;
  if (words > 2 && a[atA + 2] !== b[atB + 2]) return false;
  return !(words > 3 && a[atA + 3] !== b[atB + 3]);
}

/** Copies the state at `from[at]` to `to[atTo]`. */
export function copyState(from: Uint32Array, at: number, to: Uint32Array, atTo: number, words: number): void {
  to[atTo] = from[at]!;
  if (words > 1) to[atTo + 1] = from[at + 1]!;
  if (words > 2) to[atTo + 2] = from[at + 2]!;
  if (words > 3) to[atTo + 3] = from[at + 3]!;
}

/** Orders states by their words: which of several states is reported does not depend on who found it. */
export function compareStates(states: Uint32Array, a: number, b: number, words: number): number {
  for (let word = 0; word < words; word++) {
    const difference = states[a * words + word]! - states[b * words + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
