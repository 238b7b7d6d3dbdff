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
  /** Whether a run may take the step with this label. Those that share the function share the search for its steps. */
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
 * Takes four bytes for each transition of the model, and three times as much while they are collected, for each `by`.
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
  const index = new StateIndex(model.words);
  for (let state = 0; state < count; state++) index.add(store.states, state * model.words);
  const known = new Map<Possibility['by'], ReturnType<typeof predecessorsBy>>();
  return possibilities.map(({ name, sentence, from, to, by }) => {
    const predecessors = known.get(by) ?? predecessorsBy(exploration, index, by);
    known.set(by, predecessors);
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

/** The states before each state, by the steps that `by` lets pass, as one array with a row for each state. */
function predecessorsBy(
  { model, states: count, store, transitions }: Exploration,
  index: StateIndex,
  by: (label: number) => boolean,
): (state: number) => Uint32Array {
  const out = createSuccessors(model);
  const from = new Uint32Array(transitions);
  const to = new Uint32Array(transitions);
  const starts = new Uint32Array(count + 2);
  let edges = 0;
  for (let state = 0; state < count; state++) {
    writeSuccessors(model, store.states, state * model.words, out);
    for (let step = 0; step < out.count; step++) {
      if (!by(out.labels[step]!)) continue;
      const target = index.add(out.states, step * model.words);
      from[edges] = state;
      to[edges++] = target;
      starts[target + 2]! += 1;
    }
  }
  for (let state = 0; state < count; state++) starts[state + 2]! += starts[state + 1]!;
  const rows = new Uint32Array(edges);
  for (let edge = 0; edge < edges; edge++) rows[starts[to[edge]! + 1]!++] = from[edge]!;
  return (state) => rows.subarray(starts[state]!, starts[state + 1]!);
}
