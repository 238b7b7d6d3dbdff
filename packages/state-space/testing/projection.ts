import { createCompositionModel } from '../src/composition/composition.ts';

/**
 * How many states of `createSystem` of one group the exploration of the composition meets, and how many events are possible in them. The
 * copies of the rule are left out: they never decide what is possible.
 */
export function countProjected(members: number): { states: number; transitions: number } {
  const model = createCompositionModel({ members, symmetry: false });
  const { words } = model;
  const out = {
    states: new Uint32Array(model.maxSuccessors * words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  const seen = new Set<string>();
  const projected = new Set<string>();
  const waiting: Uint32Array[] = [];
  const meet = (state: Uint32Array): void => {
    const key = state.join();
    if (seen.has(key)) return;
    seen.add(key);
    waiting.push(state);
  };
  let transitions = 0;
  for (const initial of model.initial) meet(Uint32Array.from(initial));
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    model.successors(state, 0, out);
    const known = projected.size;
    projected.add(JSON.stringify(model.systemStateOf(state, 0)));
    if (projected.size > known) transitions += out.count;
    for (let i = 0; i < out.count; i++) meet(out.states.slice(i * words, (i + 1) * words));
  }
  return { states: projected.size, transitions };
}
