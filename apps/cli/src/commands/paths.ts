import { goalTour, graphOf, pairTour, type StateGraph, type Tour, transitionTour } from '@limpet/checker';
import { type CheckModel, createCheckModel, createPlayer, interactionOf } from '@limpet/state-space';
import type { Context, OutputFormat } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { createProgress } from '../output/progress.ts';

/** What the paths are to cover. */
export type Suite = Tour['suite'];

/** Options of `limpet paths`. */
export interface PathsFlags {
  suite: Suite;
  /** One when not given, and two for interactions. */
  groups?: number;
  /** Two when not given, and one for interactions. */
  members?: number;
  output: OutputFormat;
}

const BOUND = '--groups and --members bound it';
/** With more transitions than this, planning takes more than some seconds. */
const MANY_EDGES = 1_000_000;

/** `limpet paths`: plans a tour of the model that meets every goal of a suite, and replays it on the statecharts. */
export function paths(flags: PathsFlags, context: Context): void {
  const { suite } = flags;
  const together = suite === 'interactions';
  const { groups = together ? 2 : 1, members = together ? 1 : 2 } = flags;
  const model = modelWithinBounds(groups, members);
  const progress = createProgress(context.stderr);
  const graph = graphOf(model, {
    onProgress: (states) => progress.show(`${model.name}: ${number(states)} states; ${BOUND}`),
  });
  const edges = graph.targets.length;
  if (edges > MANY_EDGES)
    progress.announce(`${model.name}: plans the suite ${suite} over ${number(edges)} transitions; ${BOUND}`);
  const planned = tourOf(suite, model, graph);
  const played = play(model, graph, planned);
  progress.clear();
  // A tour that XState cannot follow proves nothing.
  const tour = played === planned.steps ? planned : { ...planned, covered: 0 };
  context.stdout(flags.output === 'json' ? json(summary(tour)) : report(model, tour, played));
  context.exit(tour.covered === tour.goals ? exitCodes.done : exitCodes.doesNotHold);
}

function modelWithinBounds(groups: number, members: number): CheckModel {
  try {
    // Of two groups it has three times the interactions, and takes minutes: limpet conform leaves them out, too.
    return createCheckModel({ groups, members, symmetry: false, addressesMove: groups === 1 });
  } catch (error) {
    throw error instanceof RangeError ? new CliError('USAGE', error.message) : error;
  }
}

function tourOf(suite: Suite, model: CheckModel, graph: StateGraph): Tour {
  switch (suite) {
    case 'transitions':
      return transitionTour(graph);
    case 'pairs':
      return pairTour(graph);
    case 'interactions':
      return goalTour(graph, interactions(model, graph));
  }
}

/** A goal for each interaction: the edges of the graph that are this interaction, any of which meets the goal. */
function interactions(model: CheckModel, graph: StateGraph): number[][] {
  const nameOf = interactionOf(model);
  const goals = new Map<string, number[]>();
  for (let node = 0; node < graph.nodes; node++) {
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      const name = nameOf(graph.labels[edge]!, graph.states, node * graph.words);
      const edges = goals.get(name) ?? [];
      goals.set(name, edges);
      edges.push(edge);
    }
  }
  return [...goals.values()];
}

/** Plays the tour on the statecharts, and returns how many steps they took before the first that they did not take. */
function play(model: CheckModel, graph: StateGraph, { paths }: Tour): number {
  const player = createPlayer(model);
  let played = 0;
  for (const path of paths) {
    player.reset();
    for (const edge of path) {
      if (!player.take(graph.labels[edge]!, graph.states, graph.targets[edge]! * graph.words)) return played;
      played++;
    }
  }
  return played;
}

/** The result for scripts. */
function summary({ suite, goals, covered, paths, steps, cost, lowerBound }: Tour) {
  return { suite, goals, covered, paths: paths.length, steps, cost, lowerBound };
}

const number = (value: number): string => value.toLocaleString('en');

/** The result for people. */
function report(model: CheckModel, tour: Tour, played: number): string {
  const { suite, goals, covered, paths, steps, cost, lowerBound } = tour;
  const proof =
    played === steps
      ? `every step was replayed on the statecharts by XState's own transitions`
      : `XState DOES NOT TAKE step ${number(played + 1)} of the tour`;
  return `${table(
    ['suite', 'model', 'goals', 'covered', 'paths', 'steps', 'cost', 'lower bound'],
    [[suite, model.name, ...[goals, covered, paths.length, steps, cost, lowerBound].map(number)]],
  )}\nA path costs its steps and 1 for its reset; ${proof}.\n`;
}
