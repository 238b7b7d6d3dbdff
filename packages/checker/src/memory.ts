import { CheckerError } from './errors.ts';

/** How much room an exploration reserves. Pages that are never touched cost nothing. */
export interface MemoryPlan {
  /** States that fit. */
  capacity: number;
  /** The hash table has at most 2 ** this many slots. */
  log2Slots: number;
  /** For a model that numbers its states: how many numbers there are. There is no hash table then. */
  numbers?: number;
}

/** A hash table grows when more of it than this is taken: linear probing stays short up to here. */
export const maxLoad = 0.7;

/** Bytes of a hash slot: the number of a state, and as much of its hash as fits beside. */
export const slotBytes = 4;

/** Bytes of a stored state: its words, and the number of the state it was first reached from. */
export const stateBytes = (words: number): number => 4 * words + 4;

// An offset into the states stays a small integer for V8, and the number of a state leaves room for hash bits.
const maxWords = 2 ** 30;
const mostLog2Slots = 30;

/** The largest exploration that fits into `bytes`. */
export function planMemory(words: number, bytes: number, leastLog2Slots: number): MemoryPlan {
  let plan: MemoryPlan = { capacity: 0, log2Slots: leastLog2Slots };
  for (let log2Slots = leastLog2Slots; log2Slots <= mostLog2Slots; log2Slots++) {
    const room = Math.floor((bytes - slotBytes * 2 ** log2Slots) / stateBytes(words));
    const capacity = Math.min(room, Math.floor(maxLoad * 2 ** log2Slots), Math.floor(maxWords / words));
    if (capacity > plan.capacity) plan = { capacity, log2Slots };
  }
  if (plan.capacity < maxLoad * 2 ** leastLog2Slots * 0.5) {
    throw new CheckerError(
      'CHECKER_OUT_OF_MEMORY',
      `memoryBytes = ${bytes} is too little to begin; give at least ${megabytes(2 * slotBytes * 2 ** leastLog2Slots + stateBytes(words) * 2 ** leastLog2Slots)}`,
    );
  }
  return plan;
}

/** Room for a state of each number, or undefined when that is more than `bytes`. */
export function planNumbers(words: number, bytes: number, numbers: number): MemoryPlan | undefined {
  const fits = numberedBytes(words, numbers, numbers) <= bytes && numbers * words <= maxWords;
  return fits ? { capacity: numbers, log2Slots: 0, numbers } : undefined;
}

/** Bytes of so many states of a model that numbers them. */
export const numberedBytes = (words: number, states: number, numbers: number): number =>
  states * stateBytes(words) + numbers * (slotBytes + 1 / 8);

/** Bytes that the system can give without swapping, less a third for everything else. */
export const defaultMemoryBytes = (): number => Math.floor((process.availableMemory() * 2) / 3);

/** Bytes for people: `1,024 MB`, rounded up; a megabyte is 2 ** 20 bytes. */
export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MB`;
