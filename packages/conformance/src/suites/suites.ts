/**
 * Test selection: plans tours that meet every goal of a suite.
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
import { type HostNeed, interactionOf } from '@limpet/state-space';
import { ConformanceError } from '../errors.ts';
import { costOf, RESET_COST, reachesRouter } from '../model/costs.ts';
import { edgesOf, openTestModel, type TestModel, textOf } from '../model/test-model.ts';
import { regressions } from './regressions.ts';
import { edgeSets, pairClass, routerGoals, wholeClass } from './router-goals.ts';
import { pairsMet, routerPairTour } from './router-pairs.ts';

/** Suites of paths through the model. `stories` are the regressions. */
export const MODEL_SUITES = ['stories', 'transitions', 'interactions', 'pairs'] as const;
/** Name of a suite of paths through the model. */
export type ModelSuiteName = (typeof MODEL_SUITES)[number];
/** Names of the suites, in the order in which they are played. `changes` is about what a router can do, and needs no model. */
export const SUITES = [...MODEL_SUITES, 'changes'] as const;
/** Name of a suite. */
export type SuiteName = (typeof SUITES)[number];

/**
 * `everything`: every transition of one group with two members of which hosts take nothing, every one of one member that reaches the
 * router, every interaction of two groups, every pair of transitions of the fault-free model. `router`: every transition of one group
 * with one member that reaches the router while addresses stay, and for the rest all that the router can tell apart.
 */
export type Goals = 'everything' | 'router';

type Paths = readonly (readonly number[])[];

/** A planned suite. */
export interface Suite {
  readonly suite: ModelSuiteName;
  /** What is covered, in words. */
  readonly about: string;
  readonly testModel: TestModel;
  /** Number of goals. */
  readonly goals: number;
  /** Edges of the graph, path by path. */
  readonly paths: Paths;
  /** How many goals these paths meet. */
  met(paths: Paths): number;
}

const planned = new Map<string, readonly Suite[]>();

/**
 * Plans a suite: one tour, or two. To explore the models takes longer than to play on a data plane in memory, and a process plays
 * one suite on several routers: it is planned once a process.
 *
 * @param watchesHost - the router looks by itself whether its host still has what rules need
 */
export function planSuite(suite: ModelSuiteName, goals: Goals, watchesHost: boolean): readonly Suite[] {
  // Stories are what they are, whatever the goals.
  const key = `${suite} ${suite === 'stories' ? '' : goals} ${watchesHost}`;
  const suites = planned.get(key) ?? PLANS[suite](goals, modelWith(watchesHost), watchesHost);
  planned.set(key, suites);
  return suites;
}

/** @param losses - what hosts take from rules, if the router looks. Default: addresses. */
type OpenModel = (groups: number, members: number, losses?: readonly HostNeed[]) => TestModel;
type Plan = (goals: Goals, modelWith: OpenModel, watchesHost: boolean) => Suite[];

const modelWith =
  (watchesHost: boolean): OpenModel =>
  (groups, members, losses = ['address']) => {
    // With two groups it takes minutes to plan: what a loss does to another rule is in the stories.
    const isLost = (need: HostNeed): boolean => watchesHost && groups === 1 && losses.includes(need);
    return openTestModel({
      groups,
      members,
      addressesMove: isLost('address'),
      certificatesGo: isLost('certificate'),
      costOf,
      resetCost: RESET_COST,
    });
  };

/** All that hosts take. */
const ALL_LOSSES: readonly HostNeed[] = ['address', 'certificate'];

const PLANS: Readonly<Record<ModelSuiteName, Plan>> = {
  stories: (_, __, watchesHost) =>
    planRegressions().filter(({ testModel }) => watchesHost || !(testModel.addressesMove || testModel.certificatesGo)),
  transitions: (goals, modelWith) => {
    // With two members every step of an address, too, is four times as many steps: a quarter of an hour.
    if (goals === 'everything')
      return [planReaching(modelWith(1, 1, ALL_LOSSES)), planTransitions(modelWith(1, 2, []))];
    const testModel = modelWith(1, 2);
    const about = '1 group, 2 members: every step of the router, on every rule that it can tell from others';
    return [
      // To a router both kinds of loss are one, but for what it looks at: addresses go below, certificates here.
      planReaching(modelWith(1, 1, ['certificate'])),
      planGoals('transitions', about, testModel, edgeSets(routerGoals(testModel, wholeClass))),
    ];
  },
  interactions: (goals, modelWith) => {
    const testModel = modelWith(2, 1);
    if (goals === 'everything')
      return [
        planGoals('interactions', '2 groups, 1 member: every way that groups meet', testModel, interactions(testModel)),
      ];
    const about = '2 groups, 1 member: every step of the router, on every two rules that it can tell from others';
    return [planGoals('interactions', about, testModel, edgeSets(routerGoals(testModel, pairClass)))];
  },
  pairs: (goals, modelWith) => [goals === 'everything' ? planPairs(modelWith(1, 1)) : planRouterPairs(modelWith(1, 1))],
};

function planGoals(suite: ModelSuiteName, about: string, testModel: TestModel, sets: readonly number[][]): Suite {
  const { goals, paths } = goalTour(testModel.graph, sets);
  return { suite, about, testModel, goals, paths, met: (played) => metGoals(replay(testModel.graph, played), sets) };
}

function planTransitions(testModel: TestModel): Suite {
  const { members } = testModel;
  const { goals, paths } = transitionTour(testModel.graph);
  const about = `1 group, ${members} member${members > 1 ? 's' : ''}: every transition`;
  return {
    suite: 'transitions',
    about,
    testModel,
    goals,
    paths,
    met: (played) => replay(testModel.graph, played).edges,
  };
}

/** Every transition that reaches the router: the management side's own are played where each costs nothing, in memory. */
function planReaching(testModel: TestModel): Suite {
  const { members } = testModel;
  const { labels } = testModel.graph;
  const sets = Array.from(labels, (_, edge) => edge)
    .filter((edge) => reachesRouter(textOf(testModel, labels[edge]!)))
    .map((edge) => [edge]);
  const about = `1 group, ${members} member${members > 1 ? 's' : ''}: every transition that reaches the router`;
  return planGoals('transitions', about, testModel, sets);
}

/** Each regression is a tour of its own. CloudStack takes a rule on port 80 for HTTP, which would be another regression. */
function planRegressions(): Suite[] {
  const models = new Map<string, TestModel>();
  return regressions.map(({ upstream, groups, members, addressesMove = false, certificatesGo = false, moves }) => {
    const size = `${groups} x ${members} ${addressesMove} ${certificatesGo}`;
    const testModel = models.get(size) ?? openTestModel({ groups, members, addressesMove, certificatesGo, port: 8082 });
    models.set(size, testModel);
    const path = edgesOf(testModel, moves);
    if (path === undefined)
      throw new ConformanceError(
        'CONFORMANCE_STEP_IMPOSSIBLE',
        `the model cannot play ${upstream}: see regressions.ts`,
      );
    const met = (played: Paths) => (played.some((one) => path.every((edge, at) => one[at] === edge)) ? 1 : 0);
    return { suite: 'stories', about: upstream, testModel, goals: 1, paths: [path], met };
  });
}

/** Every two transitions in a row, of the model without its faults. */
function planPairs(testModel: TestModel): Suite {
  const { graph, edges } = withoutFaults(testModel);
  const { goals, paths }: Tour = pairTour(graph);
  const faultless = new Set(edges);
  return {
    suite: 'pairs',
    about: '1 group, 1 member, no faults: every two transitions in a row',
    testModel,
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

function planRouterPairs(testModel: TestModel): Suite {
  const goals = routerGoals(testModel, pairClass);
  const tour = routerPairTour(testModel, goals);
  const about = '1 group, 1 member, no faults: every two steps that the router sees one after the other';
  return {
    suite: 'pairs',
    about,
    testModel,
    goals: tour.goals,
    paths: tour.paths,
    met: (played) => pairsMet(goals, tour.pairs, played),
  };
}

/** @returns the graph, and which edge of the whole graph each of its edges is */
function withoutFaults({ graph, model }: TestModel): { graph: Graph; edges: number[] } {
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

function interactions({ model, graph }: TestModel): number[][] {
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
