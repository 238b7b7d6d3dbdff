import { requireViolated } from './contract/answers.ts';
import type { Findings } from './findings.ts';
import type { Model } from './model.ts';
import { busySlot, control, copyState, emptySlot, hashState, noParent, type Store, sameState } from './store.ts';
import { createSampler } from './successors/sampler.ts';
import { createProbe, createSuccessors, writeSuccessors } from './successors/successors.ts';

/** Successors of this many states, or more, are looked up at once: their memory accesses overlap. */
const batchLength = 2048;

/** States that a thread takes at a time. */
export const chunkLength = (model: Model): number =>
  Math.min(256, Math.max(16, Math.floor(4096 / model.maxSuccessors)));

/** Most states that a thread can add between two looks at how many there are. */
export const slackOf = (model: Model): number =>
  Math.max(batchLength, model.maxSuccessors) + chunkLength(model) * model.maxSuccessors;

/** Expands states into their successors and stores the new ones. One for each thread. */
export interface Expander {
  addInitial(): void;
  /** Takes states `from` to `to`; their successors are stored at the latest by `flush`. */
  expand(from: number, to: number): void;
  flush(): void;
}

/**
 * The states that a thread has put into its batches lately, each where its hash says: up to 512 KB, so that they stay in
 * a core's own cache. Half of all successors or more are found here, because neighbours in breadth-first order have many
 * successors in common.
 */
function emptyRecent(mask: number, words: number): Uint32Array {
  const recent = new Uint32Array((mask + 1) * words);
  // All zeros is a state, too. Its place is taken by one that does not belong there, and so is never looked for there.
  const place = hashState(recent, 0, words) & mask;
  const stranger = new Uint32Array(words);
  do stranger[0]! += 1;
  while ((hashState(stranger, 0, words) & mask) === place);
  recent.set(stranger, place * words);
  return recent;
}

/**
 * An expander that looks states up in the store's hash table, without a lock: a thread takes a slot by compare-and-swap,
 * writes the state, and then publishes the slot. Violated invariants of new states are noted in `findings`.
 */
export function createExpander(model: Model, store: Store, findings: Findings): Expander {
  const { words } = model;
  const { states, parents, slots } = store;
  const shared = store.control;
  const sample = createSampler();
  const probe = createProbe(model);
  const out = createSuccessors(model);
  const length = Math.max(batchLength, model.maxSuccessors);
  const batch = new Uint32Array(length * words);
  const batchParents = new Uint32Array(length);
  /** One more than there are: the last takes the result of reads that only bring memory near. */
  const hashes = new Int32Array(length + 1);
  const fresh = new Uint32Array(length);
  const recentMask = (1 << (17 - Math.ceil(Math.log2(words)))) - 1;
  const recent = emptyRecent(recentMask, words);
  let pending = 0;
  let transitions = 0;

  /** Puts a state into the batch, unless this thread did so not long ago. */
  function put(from: Uint32Array, at: number, parent: number): void {
    const hash = hashState(from, at, words);
    const recentAt = (hash & recentMask) * words;
    if (sameState(recent, recentAt, from, at, words)) return;
    copyState(from, at, recent, recentAt, words);
    copyState(from, at, batch, pending * words, words);
    hashes[pending] = hash;
    batchParents[pending] = parent;
    pending += 1;
  }

  function touch(count: number, mask: number): void {
    const [hashOf, table, known, width] = [hashes, slots, states, words];
    let read = 0;
    for (let i = 0; i < count; i++) read ^= table[hashOf[i]! & mask]!;
    for (let i = 0; i < count; i++) {
      const hash = hashOf[i]!;
      const value = table[hash & mask]!;
      if (value !== emptySlot && value !== busySlot && ((value ^ hash) & ~mask) === 0) {
        read ^= known[((value & mask) - 1) * width]!;
      }
    }
    hashOf[length] = read;
  }

  function insertAll(count: number, mask: number): number {
    const [keys, hashOf, table, known, width] = [batch, hashes, slots, states, words];
    let added = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashOf[i]!;
      const at = i * width;
      let slot = hash & mask;
      for (;;) {
        const value = table[slot]!;
        if (value === emptySlot || value === busySlot) {
          if (Atomics.compareExchange(table, slot, emptySlot, busySlot) === emptySlot) {
            add(slot, hash & ~mask, i, added++);
            break;
          }
          // Another thread is writing a state here, or has written it: look again.
          continue;
        }
        if (((value ^ hash) & ~mask) === 0) {
          const stored = ((value & mask) - 1) * width;
          if (sameState(known, stored, keys, at, width)) break;
          // Only an atomic read guarantees to see the words that another thread wrote before it published the slot.
          Atomics.load(table, slot);
          if (sameState(known, stored, keys, at, width)) break;
        }
        slot = (slot + 1) & mask;
      }
    }
    return added;
  }

  function add(slot: number, tag: number, i: number, nth: number): void {
    const index = Atomics.add(shared, control.count, 1);
    copyState(batch, i * words, states, index * words, words);
    parents[index] = batchParents[i]!;
    fresh[nth] = index;
    // Publishes the state: a thread that loads this slot sees the words written above.
    Atomics.store(slots, slot, tag | (index + 1));
  }

  function checkInvariants(added: number): void {
    for (let i = 0; i < added; i++) {
      const violated = model.violations(states, fresh[i]! * words);
      if (violated !== 0) findings.note(requireViolated(model, violated), fresh[i]!);
    }
  }

  function flush(): void {
    const mask = (1 << shared[control.log2Slots]!) - 1;
    touch(pending, mask);
    checkInvariants(insertAll(pending, mask));
    pending = 0;
    findings.addTransitions(transitions);
    transitions = 0;
  }

  return {
    flush,
    addInitial() {
      for (const initial of model.initial) {
        if (pending === length) flush();
        put(Uint32Array.from(initial), 0, noParent);
      }
      flush();
    },
    expand(from, to) {
      sample(from, to, (index) => probe(states, index * words));
      for (let index = from; index < to; index++) {
        writeSuccessors(model, states, index * words, out);
        const { count } = out;
        if (pending + count > length) flush();
        for (let i = 0; i < count; i++) put(out.states, i * words, index);
        transitions += count;
      }
    },
  };
}
