import { type CheckModelOptions, createCheckModel } from '@limpet/state-space';
import { fromTransition } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import type { Measured } from './measured.ts';

interface Step {
  type: 'step';
  index: number;
}

/** `xstate/graph` on the same transition system, wrapped as actor logic: its own bookkeeping is what is timed. */
export function runXstateGraph(options: CheckModelOptions): Measured {
  const model = createCheckModel(options);
  const out = {
    states: new Uint32Array(model.maxSuccessors * model.words),
    labels: new Uint32Array(model.maxSuccessors),
    count: 0,
  };
  const steps = Array.from({ length: model.maxSuccessors }, (_, index): Step => ({ type: 'step', index }));
  const expand = (state: readonly number[]): number => {
    model.successors(Uint32Array.from(state), 0, out);
    return out.count;
  };
  const logic = fromTransition(
    (state: readonly number[], { index }: Step) => {
      expand(state);
      return [...out.states.subarray(index * model.words, (index + 1) * model.words)];
    },
    [...model.initial[0]!],
  );
  const started = performance.now();
  const map = getAdjacencyMap(logic, {
    events: (snapshot) => steps.slice(0, expand(snapshot.context)),
    serializeState: (snapshot) => snapshot.context.join(),
    // Steps differ by their index, or several would count as one.
    serializeEvent: ({ index }) => String(index),
    limit: Number.POSITIVE_INFINITY,
  });
  const seconds = (performance.now() - started) / 1000;
  const nodes = Object.values(map);
  const transitions = nodes.reduce((sum, { transitions: of }) => sum + Object.keys(of).length, 0);
  return { program: 'xstate/graph', states: nodes.length, transitions, seconds, bytesPerState: undefined };
}
