/**
 * What is played: tours that meet every goal of a suite.
 *
 * @module
 */
import {
  type Graph,
  goalTour,
  graphFromEdges,
  metGoals,
  pairTour,
  replay,
  type Tour,
  transitionTour,
} from '@limpet/checker';
import { interactionOf } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';
import { costOf, RESET_COST } from '../model/costs.ts';
import { edgesOf, type Ground, openGround } from '../model/test-model.ts';
import { stories } from './regressions.ts';
import { edgeSets, pairClass, routerGoals, wholeClass } from './router-goals.ts';
import { pairsMet, routerPairTour } from './router-pairs.ts';

export const SUITES = ['stories', 'transitions', 'interactions', 'pairs'] as const;
export type SuiteName = (typeof SUITES)[number];

/**
 * `everything`: every transition of one group with two members, every interaction of two groups, every pair of transitions
 * of the fault-free model. `router`: every transition of one group with one member, and for the rest all that the router
 * can tell apart.
 */
export type Goals = 'everything' | 'router';

type Paths = readonly (readonly number[])[];

export interface Suite {
  readonly suite: SuiteName;
  /** What is covered, in words. */
  readonly about: string;
  readonly ground: Ground;
  readonly goals: number;
  /** Edges of the graph, path by path. */
  readonly paths: Paths;
  /** How many goals these paths meet. */
  met(paths: Paths): number;
}

/** Plans a suite: one tour, or two. */
export const planSuite = (suite: SuiteName, goals: Goals): Suite[] => PLANS[suite](goals);

const PLANS: Readonly<Record<SuiteName, (goals: Goals) => Suite[]>> = {
  stories: planStories,
  transitions: (goals) => {
    if (goals === 'everything') return [planTransitions(2)];
    const on = ground(1, 2);
    const about = '1 group, 2 members: every step of the router, on every rule that it can tell from others';
    return [planTransitions(1), planGoals('transitions', about, on, edgeSets(routerGoals(on, wholeClass)))];
  },
  interactions: (goals) => {
    const on = ground(2, 1);
    if (goals === 'everything')
      return [planGoals('interactions', '2 groups, 1 member: every way that groups meet', on, interactions(on))];
    const about = '2 groups, 1 member: every step of the router, on every two rules that it can tell from others';
    return [planGoals('interactions', about, on, edgeSets(routerGoals(on, pairClass)))];
  },
  pairs: (goals) => [goals === 'everything' ? planPairs(ground(1, 1)) : planRouterPairs(ground(1, 1))],
};

const ground = (groups: number, members: number): Ground =>
  openGround({ groups, members, costOf, resetCost: RESET_COST });

function planGoals(suite: SuiteName, about: string, on: Ground, sets: readonly number[][]): Suite {
  const { goals, paths } = goalTour(on.graph, sets);
  return { suite, about, ground: on, goals, paths, met: (played) => metGoals(replay(on.graph, played), sets) };
}

function planTransitions(members: number): Suite {
  const on = ground(1, members);
  const { goals, paths } = transitionTour(on.graph);
  const about = `1 group, ${members} member${members > 1 ? 's' : ''}: every transition`;
  return { suite: 'transitions', about, ground: on, goals, paths, met: (played) => replay(on.graph, played).edges };
}

/** Each story is a tour of its own. CloudStack takes a rule on port 80 for HTTP, which would be another story. */
function planStories(): Suite[] {
  return stories.map(({ upstream, groups, members, moves }) => {
    const on = openGround({ groups, members, port: 8082 });
    const path = edgesOf(on, moves);
    if (path === undefined)
      throw new ConformanceError('CONFORMANCE_STEP_IMPOSSIBLE', `the model cannot play ${upstream}: see stories.ts`);
    const met = (played: Paths) => (played.some((one) => path.every((edge, at) => one[at] === edge)) ? 1 : 0);
    return { suite: 'stories', about: upstream, ground: on, goals: 1, paths: [path], met };
  });
}

/** Every two transitions in a row, of the model without its faults. */
function planPairs(on: Ground): Suite {
  const { graph, edges } = withoutFaults(on);
  const { goals, paths }: Tour = pairTour(graph);
  const faultless = new Set(edges);
  return {
    suite: 'pairs',
    about: '1 group, 1 member, no faults: every two transitions in a row',
    ground: on,
    goals,
    paths: paths.map((path) => path.map((at) => edges[at]!)),
    met: (played) => {
      const pairs = new Set<string>();
      for (const path of played)
        for (const [at, edge] of path.entries())
          if (faultless.has(edge) && faultless.has(path[at + 1]!)) pairs.add(`${edge} ${path[at + 1]}`);
      return pairs.size;
    },
  };
}

function planRouterPairs(on: Ground): Suite {
  const goals = routerGoals(on, pairClass);
  const tour = routerPairTour(on, goals);
  const about = '1 group, 1 member, no faults: every two steps that the router sees one after the other';
  return {
    suite: 'pairs',
    about,
    ground: on,
    goals: tour.goals,
    paths: tour.paths,
    met: (played) => pairsMet(goals, tour.pairs, played),
  };
}

/** @returns the graph, and which edge of the whole graph each of its edges is */
function withoutFaults({ graph, model }: Ground): { graph: Graph; edges: number[] } {
  const edges: number[] = [];
  const rows = [];
  for (let node = 0; node < graph.nodes; node++)
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      if (model.kindOf(graph.labels[edge]!) === 'fault') continue;
      edges.push(edge);
      rows.push({ from: node, to: graph.targets[edge]!, label: graph.labels[edge]!, cost: graph.costs[edge]! });
    }
  return { graph: graphFromEdges(graph.nodes, graph.initial, rows, RESET_COST), edges };
}

function interactions({ model, graph }: Ground): number[][] {
  const nameOf = interactionOf(model);
  const goals = new Map<string, number[]>();
  for (let node = 0; node < graph.nodes; node++)
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      const name = nameOf(graph.labels[edge]!, graph.states, node * graph.words);
      const edges = goals.get(name) ?? [];
      goals.set(name, edges);
      edges.push(edge);
    }
  return [...goals.values()];
}
