import { createRandom } from '@limpet/data-plane';
import { type CheckModel, createCheckModel } from '@limpet/state-space';
import { parseTrace, type Trace } from '../src/replay/parse-trace.ts';

/** Of so many steps one is a user's or a fault's, as long as the system has steps of its own to take. */
const CALM = 4;

/** A random run of the model without a bug, as a counterexample would be printed. */
export function randomTrace(seed: number, length: number): Trace {
  const model: CheckModel = createCheckModel({ groups: 2, members: 1, symmetry: false });
  const random = createRandom(seed);
  const out = {
    states: new Uint32Array(model.maxSuccessors * model.words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  let state = Uint32Array.from(model.initial[0]!);
  const steps = Array.from({ length }, () => {
    model.successors(state, 0, out);
    const all = Array.from({ length: out.count }, (_, step) => step);
    const own = all.filter((step) => model.kindOf(out.labels[step]!) === 'system');
    const able = own.length > 0 && random() * CALM >= 1 ? own : all;
    const step = able[Math.floor(random() * able.length)]!;
    state = out.states.slice(step * model.words, (step + 1) * model.words);
    return model.describeStep(out.labels[step]!);
  });
  return parseTrace(JSON.stringify({ steps }), 'random');
}
