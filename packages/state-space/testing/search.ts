import { type CheckModel, type CheckModelOptions, createCheckModel } from '../src/transition-system/check-model.ts';

/** A breadth-first search for tests: small, and without the checker, on which the model does not depend. */
export interface Search {
  model: CheckModel;
  states: number;
  transitions: number;
  /** Length of the shortest way to break each invariant that breaks. */
  broken: Map<string, number>;
  /** Length of the shortest way to a state in which nothing happens by itself, although it is not quiescent. */
  stuck: number | undefined;
}

export function search(options: CheckModelOptions): Search {
  const model = createCheckModel(options);
  const { words } = model;
  const seen = new Set<string>();
  let level: number[][] = model.initial.map((state) => [...state]);
  const found: Search = { model, states: 0, transitions: 0, broken: new Map(), stuck: undefined };
  const out = {
    states: new Uint32Array(model.maxSuccessors * words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  for (const state of level) seen.add(state.join());
  for (let depth = 0; level.length > 0; depth++) {
    const next: number[][] = [];
    for (const state of level) {
      found.states++;
      const packed = Uint32Array.from(state);
      const violated = model.violations(packed, 0);
      model.invariants.forEach(({ name }, bit) => {
        if ((violated >>> bit) & 1 && !found.broken.has(name)) found.broken.set(name, depth);
      });
      model.successors(packed, 0, out);
      found.transitions += out.count;
      let moves = false;
      for (let i = 0; i < out.count; i++) {
        moves ||= model.kindOf(out.labels[i]!) === 'system';
        const after = [...out.states.subarray(i * words, (i + 1) * words)];
        const key = after.join();
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(after);
      }
      if (!moves && violated === 0 && !model.quiescent(packed, 0)) found.stuck ??= depth;
    }
    level = next;
  }
  return found;
}
