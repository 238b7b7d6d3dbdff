/**
 * Mutation analysis of the suites: switches on each fault alone, and reports which suite detects it, after how many steps,
 * by which check.
 *
 * @module
 */
import { setImmediate as signalsCome } from 'node:timers/promises';
import { createRandom } from '@limpet/data-plane';
import { RouterError } from '@limpet/router';
import { BUGS } from '@limpet/state-space';
import { runChanges } from '../changes/run-changes.ts';
import { ROUTER_FAULTS } from '../faults/faults.ts';
import type { TestModel } from '../model/test-model.ts';
import { Tracer } from '../oracle/tracer.ts';
import { closeTestSession, openTestSession } from '../run/conform.ts';
import { play } from '../run/play.ts';
import { randomWalk, shortestPathToEachState } from '../suites/baselines.ts';
import { MODEL_SUITES, planSuite, type Suite, type SuiteName } from '../suites/suites.ts';
import { FIXED, type RouterKind, traitsOf } from '../sut/routers.ts';
import { createModelMutant, type Detection, detectModelMutant, type ModelMutant } from './model-mutant.ts';

/** A router or a model with one fault, and what detected it. The keys are part of the JSON output. */
export interface Mutant {
  bug: string;
  /** What has the fault: the model's management side, or a router. */
  of: 'model' | RouterKind;
  upstream: readonly string[];
  sentence: string;
  caught: boolean;
  suite?: string;
  steps?: number;
  check?: string;
  /** Of a router's fault: whether the monitor rejects the trace, without any other observation. */
  trace?: 'rejected' | 'accepted';
  /** Whether one shortest path to each state detects it; only with `baselines`. */
  shortestPaths?: boolean;
  /** Whether random walks on the same models, as long as the suites, detect it; only with `baselines`. */
  randomWalk?: boolean;
}

/** Options of {@link runMutants}. */
export interface MutantsOptions {
  /** Names of faults; undefined: all. */
  only?: readonly string[] | undefined;
  /** Also play the baselines: one shortest path to each state, and random walks. */
  baselines?: boolean | undefined;
  /** Is given the name of each fault before it is tried. */
  progress?: (line: string) => void;
}

type Paths = readonly (readonly number[])[];
/** Plays paths on one mutant until a check detects it; undefined when none does. */
type MutantRunner = (testModel: TestModel, paths: Paths) => Promise<RouterDetection | undefined>;
type RouterDetection = Detection & Pick<Mutant, 'trace'>;

const SEED = 9583;

/** Runs the suites against each mutant on the data plane in memory. Returns the mutants in the catalogue's order. */
export async function runMutants({
  only,
  baselines: withBaselines,
  progress = () => {},
}: MutantsOptions = {}): Promise<Mutant[]> {
  progress('plans the suites');
  const suites = await planSuites(true);
  const baselines = withBaselines ? baselinesOf(suites) : undefined;
  const isWanted = (name: string) => only === undefined || only.includes(name);
  const found: Mutant[] = [];
  for (const { name, upstream, sentence } of BUGS) {
    if (!isWanted(name)) continue;
    progress(name);
    const made = new Map<TestModel['model'], ModelMutant>();
    const runOn: MutantRunner = async (testModel, paths) => {
      const mutant = made.get(testModel.model) ?? createModelMutant(testModel, name);
      made.set(testModel.model, mutant);
      return detectModelMutant(mutant, testModel, paths);
    };
    found.push({ bug: name, of: 'model', upstream, sentence, ...(await judge(runOn, suites, baselines)) });
  }
  const passed = new Map<RouterKind, Awaited<ReturnType<typeof passedBy>>>();
  for (const { name, router, upstream, sentence, suite } of ROUTER_FAULTS) {
    if (!isWanted(name)) continue;
    progress(name);
    if (suite === 'changes') {
      found.push({ bug: name, of: router, upstream, sentence, ...(await detectByChanges(name)) });
      continue;
    }
    const counting =
      passed.get(router) ?? (router === 'haproxy' ? { suites, baselines } : await passedBy(router, withBaselines));
    passed.set(router, counting);
    const runOn: MutantRunner = (testModel, paths) => detectRouterMutant(router, name, testModel, paths);
    found.push({
      bug: name,
      of: router,
      upstream,
      sentence,
      ...(await judge(runOn, counting.suites, counting.baselines)),
    });
  }
  return found;
}

/** All suites, the shortest first. */
async function planSuites(watchesHost: boolean): Promise<Suite[]> {
  const suites: Suite[] = [];
  for (const suite of MODEL_SUITES) {
    suites.push(...planSuite(suite, 'router', watchesHost));
    await signalsCome();
  }
  return suites.sort((a, b) => lengthOf(a.paths) - lengthOf(b.paths));
}

/**
 * The suites that another router than Limpet's passes without a fault: only these can detect one. CloudStack's router fails some
 * suites even with every known defect switched off. Limpet's passes all, to which `conform` holds it; they are not played again here.
 */
async function passedBy(
  router: RouterKind,
  withBaselines = false,
): Promise<{ suites: readonly Suite[]; baselines: Baselines | undefined }> {
  const suites = await planSuites(traitsOf(router, undefined).watchesHost);
  const baselines = withBaselines ? baselinesOf(suites) : undefined;
  const passed = async <T extends Baseline>(all: readonly T[]): Promise<T[]> => {
    const good: T[] = [];
    for (const one of all)
      if ((await detectRouterMutant(router, FIXED, one.testModel, one.paths)) === undefined) good.push(one);
    return good;
  };
  return {
    suites: await passed(suites),
    baselines: baselines && {
      shortest: await passed(baselines.shortest),
      random: await passed(baselines.random),
    },
  };
}

/** Paths that a tester without tours would play. */
interface Baseline {
  testModel: TestModel;
  paths: Paths;
}

interface Baselines {
  shortest: readonly Baseline[];
  random: readonly Baseline[];
}

/** Shortest paths to the states of the largest model of one group. */
function baselinesOf(suites: readonly Suite[]): Baselines {
  const { testModel } = suites.find(({ testModel: { groups, members } }) => groups === 1 && members === 2)!;
  const random = createRandom(SEED);
  return {
    shortest: [{ testModel, paths: shortestPathToEachState(testModel) }],
    random: suites.map(({ testModel, paths }) => ({
      testModel,
      paths: [randomWalk(testModel, lengthOf(paths), random)],
    })),
  };
}

const lengthOf = (paths: Paths): number => paths.reduce((sum, path) => sum + path.length, 0);

async function judge(runOn: MutantRunner, suites: readonly Suite[], baselines: Baselines | undefined) {
  const detects = async (others: readonly Baseline[]): Promise<boolean> => {
    for (const { testModel, paths } of others) if ((await runOn(testModel, paths)) !== undefined) return true;
    return false;
  };
  const others = baselines && {
    shortestPaths: await detects(baselines.shortest),
    randomWalk: await detects(baselines.random),
  };
  let steps = 0;
  let first: (RouterDetection & { suite: SuiteName }) | undefined;
  for (const { suite, testModel, paths } of suites) {
    // Model mutants are played without any await, and Ctrl-C is handled only between turns of the event loop.
    await signalsCome();
    const found = await runOn(testModel, paths);
    if (found !== undefined)
      first = first ? { ...first, trace: found.trace } : { suite, ...found, steps: steps + found.steps };
    // A path may end before the monitor can reject its trace: the next suite may do it.
    if (first !== undefined && first.trace !== 'accepted') break;
    steps += lengthOf(paths);
  }
  return { caught: first !== undefined, ...first, ...others };
}

/** Plays what a router can do, and not what the model can. */
async function detectByChanges(bug: string): Promise<Pick<Mutant, 'caught' | 'suite' | 'steps' | 'check'>> {
  const session = await openTestSession({ router: 'haproxy', dataPlane: 'memory', bug });
  try {
    const { failure, steps } = await runChanges([session], () => {});
    if (failure === undefined) return { caught: false };
    return { caught: true, suite: 'changes', steps: steps + 1, check: failure.failure.differences[0]!.check };
  } finally {
    await closeTestSession(session);
  }
}

async function detectRouterMutant(
  router: RouterKind,
  bug: string | undefined,
  testModel: TestModel,
  paths: Paths,
): Promise<RouterDetection | undefined> {
  const session = await openTestSession({ router, dataPlane: 'memory', bug });
  const tracer = new Tracer(testModel);
  let steps = 0;
  let found: Detection | undefined;
  try {
    // After a check detects the fault, the paths go on until the monitor does as well.
    for (const path of paths) {
      const failure = await play(session, testModel, path, { tracer });
      if (failure !== undefined) found ??= { steps: steps + failure.at + 1, check: failure.differences[0]!.check };
      if (tracer.alarm !== undefined) {
        found ??= { steps: steps + path.length, check: 'trace' };
        break;
      }
      steps += path.length;
    }
  } catch (error) {
    // A router that throws fails as well. Other errors are defects of the tests.
    if (!(error instanceof RouterError)) throw error;
    found ??= { steps, check: `error ${error.code}` };
  } finally {
    await closeTestSession(session).catch(() => {});
  }
  return found && { ...found, trace: tracer.alarm === undefined ? 'accepted' : 'rejected' };
}
