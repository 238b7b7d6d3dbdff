import { randomRun, type TraceRecord } from '@limpet/checker';
import { type CheckModel, createView } from '@limpet/model';

/** Of so many steps one is a user's or a fault's, as long as the system has steps of its own to take. */
const CALM = 5;

/**
 * The trace of a random execution with users and faults that leave the system time: otherwise it hardly ever comes to rest,
 * and heartbeats, by which omissions show, are rare.
 */
export function calmRun(model: CheckModel, seed: number, length: number): Generator<TraceRecord> {
  const random = seeded(seed);
  const { words } = model;
  const calm: CheckModel = {
    ...model,
    successors: (states, at, out) => {
      model.successors(states, at, out);
      if (random() * CALM < 1) return;
      let own = 0;
      for (let step = 0; step < out.count; step++) {
        if (model.kindOf(out.labels[step]!) !== 'system') continue;
        out.labels[own] = out.labels[step]!;
        out.states.copyWithin(own++ * words, step * words, (step + 1) * words);
      }
      if (own > 0) out.count = own;
    },
  };
  return randomRun(calm, createView(model), random, length);
}

/** Mulberry32: uniform in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
