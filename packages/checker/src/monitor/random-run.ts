import { isSystemStep } from '../contract/answers.ts';
import { requireModel } from '../contract/require-model.ts';
import type { Model } from '../model.ts';
import { createSuccessors, writeSuccessors } from '../successors/successors.ts';
import { HEARTBEAT, type TraceRecord, type View } from './view.ts';

/** Steps without a record after which a run is taken to have nothing more to tell. */
const SILENCE = 10_000;

/** One heartbeat in so many chances. */
const HEARTBEAT_EVERY = 4;

/** Of so many steps one is a user's or a fault's, as long as the system has steps of its own to take. */
const CALM = 5;

/**
 * The model with users and faults that leave the system time, for {@link randomRun}: otherwise it hardly ever comes to rest,
 * and heartbeats, by which omissions show, are rare.
 */
export function calm(model: Model, random: () => number): Model {
  const { words } = requireModel(model);
  return {
    ...model,
    successors: (states, at, out) => {
      writeSuccessors(model, states, at, out);
      if (random() * CALM < 1) return;
      let own = 0;
      for (let step = 0; step < out.count; step++) {
        if (!isSystemStep(model, out.labels[step]!)) continue;
        out.labels[own] = out.labels[step]!;
        out.states.copyWithin(own++ * words, step * words, (step + 1) * words);
      }
      if (own > 0) out.count = own;
    },
  };
}

/**
 * The trace of a random execution as the view shows it: hidden steps leave no record, and a heartbeat is written now and
 * then where one can be. Ends after `length` records, or where the model stands still.
 *
 * @param random Uniform in [0, 1).
 */
export function* randomRun(model: Model, view: View, random: () => number, length: number): Generator<TraceRecord> {
  const { words } = requireModel(model);
  const pick = (count: number): number => Math.floor(random() * count);
  const state = Uint32Array.from(model.initial[pick(model.initial.length)]!);
  const out = createSuccessors(model);
  let silent = 0;
  for (let written = 0; written < length && silent < SILENCE; ) {
    const fields = pick(HEARTBEAT_EVERY) === 0 ? view.heartbeatOf(state, 0) : undefined;
    if (fields !== undefined) {
      yield { ...Object.fromEntries(view.heartbeatFields.map((field, at) => [field, fields[at]])), event: HEARTBEAT };
      if (++written === length) return;
    }
    writeSuccessors(model, state, 0, out);
    if (out.count === 0) return;
    const step = pick(out.count);
    state.set(out.states.subarray(step * words, (step + 1) * words));
    const event = view.eventOf(out.labels[step]!);
    silent++;
    if (event === undefined) continue;
    silent = 0;
    written++;
    yield { event };
  }
}
