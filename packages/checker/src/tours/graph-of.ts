import { requireModel } from '../contract/require-model.ts';
import { requireOptions } from '../contract/require-options.ts';
import type { Model } from '../model.ts';
import { StateIndex } from '../state-index.ts';
import { createSuccessorWriter } from '../successors/successors.ts';
import { TourError } from './errors.ts';
import type { Graph } from './graph.ts';

/** The graph of a model: node `n` is the state at `states[n * words ..]`. */
export interface StateGraph extends Graph {
  readonly words: number;
  readonly states: Uint32Array;
}

/** What the graph of a model costs to walk, and how large it may be. */
export interface GraphOptions {
  /** What a step costs, a whole number in a unit of the caller's choice; 1 when not given. */
  costOf?: (label: number) => number;
  /** What a reset costs, in the same unit; 1 when not given. */
  resetCost?: number;
  /** More states than this are refused; 2 million when not given. */
  maxStates?: number;
  /** Called now and then with how many states were found. */
  onProgress?: (states: number) => void;
}

/** States from one call of `onProgress` to the next. */
const OFTEN = 2 ** 14;

/**
 * The reachable graph by breadth-first search, with one edge for each (state, label, next state). Of a model without
 * symmetry: a path through canonical states cannot be played on a real system.
 *
 * @throws TourError `TOUR_GRAPH_TOO_LARGE` beyond `maxStates`; `TOUR_ARGUMENT` when the model has not exactly one initial state.
 * @throws CheckerError `CHECKER_BAD_MODEL`, `CHECKER_BAD_OPTION`, `CHECKER_TOO_MANY_SUCCESSORS`, `CHECKER_NOT_DETERMINISTIC`.
 */
export function graphOf(model: Model, options: GraphOptions = {}): StateGraph {
  requireOptions<GraphOptions>(options, { costOf: true, resetCost: true, maxStates: true, onProgress: true });
  const { costOf = () => 1, resetCost = 1, maxStates = 2_000_000, onProgress = () => {} } = options;
  const [initial, ...others] = requireModel(model).initial;
  if (initial === undefined || others.length > 0) {
    throw new TourError('TOUR_ARGUMENT', `${model.name} has ${model.initial.length} initial states; a reset needs one`);
  }
  const { words } = model;
  const index = new StateIndex(words);
  index.add(Uint32Array.from(initial), 0);
  const writer = createSuccessorWriter(model);
  const { out } = writer;
  const offsets: number[] = [0];
  const targets: number[] = [];
  const labels: number[] = [];
  for (let node = 0; node < index.size; node++) {
    writer.write(index.states, node * words);
    const first = targets.length;
    for (let at = 0; at < out.count; at++) {
      const target = index.add(out.states, at * words);
      const label = out.labels[at]!;
      if (isIn(targets, labels, first, target, label)) continue;
      targets.push(target);
      labels.push(label);
    }
    offsets.push(targets.length);
    if (node % OFTEN === OFTEN - 1) onProgress(index.size);
    if (index.size > maxStates) {
      throw new TourError(
        'TOUR_GRAPH_TOO_LARGE',
        `${model.name} has more than ${maxStates} states; take fewer groups or members: a tour needs all of them in memory`,
      );
    }
  }
  return {
    nodes: index.size,
    initial: 0,
    offsets: Uint32Array.from(offsets),
    targets: Uint32Array.from(targets),
    labels: Uint32Array.from(labels),
    costs: Uint32Array.from(labels, costOf),
    resetCost,
    words,
    states: index.states.slice(0, index.size * words),
  };
}

function isIn(targets: readonly number[], labels: readonly number[], first: number, target: number, label: number) {
  for (let at = first; at < targets.length; at++) if (targets[at] === target && labels[at] === label) return true;
  return false;
}
