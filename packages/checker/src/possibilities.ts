import { CheckerError } from './errors.ts';
import type { Exploration } from './explore.ts';
import { StateIndex } from './state-index.ts';
import { createSuccessors, writeSuccessors } from './successors/successors.ts';
import { type Trace, traceTo } from './trace.ts';

/**
 * Something that stays possible: from every state of `from`, some run of steps that `by` lets pass leads to a state of `to`
 * (`AG (from -> EF to)` of CTL). What nobody can do any more breaks no invariant, since nothing wrong happens.
 */
export interface Possibility {
  readonly name: string;
  /** One sentence, in words of the domain. */
  readonly sentence: string;
  from(states: Uint32Array, at: number): boolean;
  to(states: Uint32Array, at: number): boolean;
  /** Whether a run may take the step with this label. Possibilities that share the function are cheaper one after the other. */
  readonly by: (label: number) => boolean;
}

/** Whether a possibility holds. */
export interface PossibilityResult {
  name: string;
  sentence: string;
  holds: boolean;
  /** States of `from` from which there is no way. */
  failing: number;
  /** A shortest run to one of them. */
  trace: Trace | null;
}

/**
 * Checks possibilities on all states of a complete exploration, each by a search backwards from the states of `to`.
 *
 * Takes eight bytes for each transition of the model, and four more for each that `by` lets pass, of one `by` at a time.
 *
 * @throws CheckerError `CHECKER_BAD_OPTION` for an exploration that is not complete
 */
export function checkPossibilities(
  exploration: Exploration,
  possibilities: readonly Possibility[],
): PossibilityResult[] {
  if (!exploration.complete) {
    throw new CheckerError(
      'CHECKER_BAD_OPTION',
      'possibilities are about all reachable states: explore without stopAtViolation, maxStates and maxDepth',
    );
  }
  const { model, states: count, store } = exploration;
  const graph = stepsOf(exploration);
  let known: { by: Possibility['by']; predecessors: Predecessors } | undefined;
  return possibilities.map(({ name, sentence, from, to, by }) => {
    if (known?.by !== by) known = { by, predecessors: predecessorsBy(graph, by) };
    const { predecessors } = known;
    const canReach = new Uint8Array(count);
    const queue = new Int32Array(count);
    let end = 0;
    for (let state = 0; state < count; state++)
      if (to(store.states, state * model.words)) {
        canReach[state] = 1;
        queue[end++] = state;
      }
    for (let at = 0; at < end; at++)
      for (const state of predecessors(queue[at]!)) {
        if (canReach[state] === 1) continue;
        canReach[state] = 1;
        queue[end++] = state;
      }
    let failing = 0;
    let nearest = -1;
    for (let state = 0; state < count; state++) {
      if (canReach[state] === 1 || !from(store.states, state * model.words)) continue;
      failing += 1;
      // States are stored breadth first, so the first one is one of the nearest.
      if (nearest < 0) nearest = state;
    }
    return {
      name,
      sentence,
      holds: failing === 0,
      failing,
      trace: nearest < 0 ? null : traceTo(exploration, nearest),
    };
  });
}

/** All steps of an exploration, in compressed rows: those of state `s` are `starts[s]` to `starts[s + 1] - 1`. */
interface Steps {
  readonly starts: Uint32Array;
  /** Numbers of the states that are stepped to. */
  readonly targets: Uint32Array;
  readonly labels: Uint32Array;
}

/** Asks the model for its steps once more: that costs more than all searches together. */
function stepsOf({ model, states: count, store, transitions }: Exploration): Steps {
  const index = new StateIndex(model.words);
  for (let state = 0; state < count; state++) index.add(store.states, state * model.words);
  const out = createSuccessors(model);
  const [targets, labels] = [new Uint32Array(transitions), new Uint32Array(transitions)];
  const starts = new Uint32Array(count + 1);
  let steps = 0;
  for (let state = 0; state < count; state++) {
    writeSuccessors(model, store.states, state * model.words, out);
    for (let step = 0; step < out.count; step++) {
      targets[steps] = index.add(out.states, step * model.words);
      labels[steps++] = out.labels[step]!;
    }
    starts[state + 1] = steps;
  }
  return { starts, targets, labels };
}

type Predecessors = (state: number) => Uint32Array;

/** The states before each state, by the steps that `by` lets pass. */
function predecessorsBy({ starts, targets, labels }: Steps, by: (label: number) => boolean): Predecessors {
  const count = starts.length - 1;
  const ends = new Uint32Array(count + 1);
  for (let step = 0; step < targets.length; step++) if (by(labels[step]!)) ends[targets[step]! + 1]! += 1;
  for (let state = 0; state < count; state++) ends[state + 1]! += ends[state]!;
  const rows = new Uint32Array(ends[count]!);
  for (let state = 0; state < count; state++)
    for (let step = starts[state]!; step < starts[state + 1]!; step++)
      if (by(labels[step]!)) rows[ends[targets[step]!]!++] = state;
  // Each row was filled from its start on, so that its end is now where the next one started.
  return (state) => rows.subarray(state === 0 ? 0 : ends[state - 1]!, ends[state]!);
}
