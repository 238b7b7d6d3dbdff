import { control, emptySlot, hashState, type Store } from './store.ts';

const batchLength = 4096;

/** States that a thread takes at a time. */
export const rehashChunk = 4 * batchLength;

/** Enters the stored states into an emptied hash table. All are different, so none is compared. */
export function createRehasher(store: Store): (from: number, to: number) => void {
  const { states, slots, words } = store;
  /** One more than there are: the last takes the result of reads that only bring memory near. */
  const hashes = new Int32Array(batchLength + 1);

  function enter(from: number, to: number, mask: number): void {
    let read = 0;
    for (let index = from; index < to; index++) {
      const hash = hashState(states, index * words, words);
      hashes[index - from] = hash;
      read ^= slots[hash & mask]!;
    }
    hashes[batchLength] = read;
    for (let index = from; index < to; index++) {
      const hash = hashes[index - from]!;
      const value = (hash & ~mask) | (index + 1);
      let slot = hash & mask;
      while (Atomics.compareExchange(slots, slot, emptySlot, value) !== emptySlot) slot = (slot + 1) & mask;
    }
  }

  return (from, to) => {
    const mask = (1 << store.control[control.log2Slots]!) - 1;
    for (let start = from; start < to; start += batchLength) enter(start, Math.min(to, start + batchLength), mask);
  };
}
