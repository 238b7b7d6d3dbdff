import { createSystemFilter } from './edges.ts';
import { CheckerError } from './errors.ts';
import type { Exploration } from './explore.ts';
import type { Model } from './model.ts';
import { copyState, noParent, sameState } from './store.ts';
import { createSuccessors, writeSuccessors, writeSuccessorsInPlace } from './successors/successors.ts';

/** A run of a model: `labels[i]` leads from state i to state i + 1. */
export interface Trace {
  /** `labels.length + 1` states of `model.words` words each, one after the other. */
  states: Uint32Array;
  labels: readonly number[];
  /** The run goes on for ever from this state to the last one, which is the same up to symmetry; null when it ends. */
  loopsFrom: number | null;
}

/** A shortest run from an initial state to a state, by its number. */
export function traceTo(exploration: Exploration, state: number): Trace {
  const { store, states } = exploration;
  if (!(state >= 0 && state < states)) {
    throw new CheckerError('CHECKER_STATE_NOT_REACHED', `state ${state} was not explored; there are ${states}`);
  }
  const path: number[] = [];
  for (let at = state; at !== noParent; at = store.parents[at]!) path.push(at);
  return replay(exploration, path.reverse(), () => true);
}

/**
 * A run through states given by number, by steps that `allowed` lets pass. Under symmetry the states are one of many that
 * are alike; of the run, each follows from the one before it with every component in its own lane.
 */
function replay(
  { model, store }: Exploration,
  path: readonly number[],
  allowed: (label: number) => boolean,
  first = store.states.slice(path[0]! * model.words, (path[0]! + 1) * model.words),
): Trace {
  const { words } = model;
  const states = new Uint32Array(path.length * words);
  states.set(first);
  const canonical = createSuccessors(model);
  const inPlace = model.successorsInPlace ? createSuccessors(model) : canonical;
  const labels = path.slice(1).map((next, i) => {
    writeSuccessors(model, states, i * words, canonical);
    if (inPlace !== canonical) writeSuccessorsInPlace(model, states, i * words, inPlace);
    const leadsOn = (step: number): boolean =>
      allowed(canonical.labels[step]!) && sameState(canonical.states, step * words, store.states, next * words, words);
    let step = 0;
    while (step < canonical.count && !leadsOn(step)) step += 1;
    if (step === canonical.count || inPlace.count !== canonical.count) throw notRepeated(model);
    copyState(inPlace.states, step * words, states, (i + 1) * words, words);
    return inPlace.labels[step]!;
  });
  return { states, labels, loopsFrom: null };
}

const notRepeated = ({ name }: Model): CheckerError =>
  new CheckerError(
    'CHECKER_NOT_DETERMINISTIC',
    `${name}: a step cannot be repeated: the successors must be a function of the state alone, and successorsInPlace must write the same steps`,
  );

/** A shortest run to the first state of `cycle`, and then by the system's steps around it for ever. */
export function lasso(exploration: Exploration, cycle: readonly number[]): Trace {
  const { words } = exploration.model;
  const stem = traceTo(exploration, cycle[0]!);
  const isSystem = createSystemFilter(exploration.model);
  const loop = replay(exploration, [...cycle, cycle[0]!], isSystem, stem.states.slice(-words));
  const states = new Uint32Array(stem.states.length + loop.states.length - words);
  states.set(stem.states);
  states.set(loop.states, stem.states.length - words);
  return { states, labels: [...stem.labels, ...loop.labels], loopsFrom: stem.labels.length };
}
