/**
 * Plays suites against a router, with several workers at once, each on a test bed of its own.
 *
 * @module
 */
import { type Alarm, split, type TraceRecord } from '@limpet/checker';
import { runChanges, shrinkOperations } from '../changes/run-changes.ts';
import { ipOfGroup } from '../concretize/concrete-rule.ts';
import { describeAlarm, Tracer } from '../oracle/tracer.ts';
import { type Goals, planSuite, type Suite, type SuiteName } from '../suites/suites.ts';
import { nameOf, type OwnRouter, type RouterKind, traitsOf } from '../sut/routers.ts';
import { countSteps, type StepKind, StepsSeen, shareAtRuntime } from '../sut/steps-seen.ts';
import { type RouterTraits, SystemUnderTest } from '../sut/system-under-test.ts';
import { openMemoryTestBed, openRealTestBed } from '../sut/test-bed.ts';
import type { TestSession } from '../sut/test-session.ts';
import { CostsSeen, type StepCost } from './costs-seen.ts';
import { type FailureReport, reportFailure, reportOperations } from './failure-report.ts';
import { type Failure, play } from './play.ts';
import { type FailingPath, shrink } from './shrink.ts';

/** Options of {@link conform}. */
export interface ConformOptions {
  router: RouterKind | OwnRouter;
  dataPlane: 'real' | 'memory';
  suites: readonly SuiteName[];
  goals: Goals;
  /** How many paths are played at once, each on a test bed of its own. */
  workers: number;
  /** Name of a fault in `ROUTER_FAULTS`: the router has it. */
  bug?: string | undefined;
  /** Of the HAProxy in memory. Default: Debian 12's. */
  haproxyVersion?: string | undefined;
  /** Makes a failing path shorter, which plays it many times; by default it does. */
  shrinks?: boolean;
  /** Is given one short line now and then. */
  progress?: (line: string) => void;
  /** Is given the trace of each path when it ends. */
  onTrace?: (suite: Suite, trace: readonly TraceRecord[]) => void;
}

/** The result of one tour. The keys are part of the JSON output. */
export interface SuiteResult {
  suite: SuiteName;
  about: string;
  router: string;
  goals: number;
  /** Goals that the played steps met. */
  covered: number;
  steps: number;
  /** Only of `changes`: share of what the router did to HAProxy that went without a start or a reload, from 0 to 1. */
  atRuntime?: number;
  seconds: number;
  failures: FailureReport[];
  /** Whether the checker's monitor found an execution of the model that explains the trace. */
  traceAccepted: boolean;
  /** The first record that no execution explains. */
  alarm?: string;
}

/** The results of all tours, and what the kinds of steps cost. */
export interface ConformResult {
  suites: SuiteResult[];
  costs: StepCost[];
  /** How often the routers took each kind of step from one state of HAProxy to another. */
  taken: Record<StepKind, number>;
  /** Share of these steps that went without a start or a reload, from 0 to 1. */
  atRuntime: number;
}

/** A worker that has played its share takes another: costs of steps are estimates, and so all workers end together. */
const SHARES_A_WORKER = 4;

/** Milliseconds for which a new worker learns the tables of the old one, in memory: some looks of a router that waits for them. */
const LESSON_MS = 20;

/** Highest number of groups of any suite; each group has an address. */
const GROUPS = 2;

/** Opens a router on a new test bed. @throws LabError when the data plane is real and this is no sandbox */
export const openTestSession = async ({
  router,
  dataPlane,
  bug,
  haproxyVersion,
}: Pick<ConformOptions, 'router' | 'dataPlane' | 'bug' | 'haproxyVersion'>): Promise<TestSession> => {
  const traits = traitsOf(router, bug);
  const steps = new StepsSeen();
  const ips = Array.from({ length: GROUPS }, (_, group) => ipOfGroup(group));
  const testBed = await (dataPlane === 'real'
    ? openRealTestBed(ips)
    : openMemoryTestBed(ips, { lessonMs: traits.crashes ? LESSON_MS : 0, haproxyVersion }));
  const open: RouterTraits['open'] = (host, dir, settings) => traits.open(steps.watch(host), dir, settings);
  return { testBed, sut: new SystemUnderTest(testBed, { ...traits, open }), steps };
};

/** Opens a session per worker: all of them, or none. */
async function openTestSessions(options: ConformOptions): Promise<TestSession[]> {
  const opened = await Promise.allSettled(Array.from({ length: options.workers }, () => openTestSession(options)));
  const sessions = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed === undefined) return sessions;
  await Promise.all(sessions.map(closeTestSession));
  throw failed.reason;
}

/** Ends the router and its test bed. */
export async function closeTestSession({ testBed, sut }: TestSession): Promise<void> {
  try {
    await sut.close();
  } finally {
    await testBed.close();
  }
}

/**
 * Plays suites against a router.
 *
 * @throws LabError when the data plane is real and this is no sandbox
 * @throws ConformanceError `CONFORMANCE_BUG_UNKNOWN` when the router has no such fault
 */
export async function conform(options: ConformOptions): Promise<ConformResult> {
  const sessions = await openTestSessions(options);
  const { watchesHost } = sessions[0]!.sut.traits;
  // Losses double the steps of a tour, which on a real HAProxy take minutes: there, the stories have them.
  const losesNeeds = (suite: SuiteName): boolean =>
    watchesHost && (options.dataPlane === 'memory' || suite === 'stories');
  const costs = new CostsSeen();
  try {
    const suites: SuiteResult[] = [];
    for (const name of options.suites)
      if (name === 'changes') suites.push(...(await playChangesSuite(sessions, costs, options)));
      else {
        const planned = planSuite(name, options.goals, losesNeeds(name));
        suites.push(...(await playSuites(planned, sessions, costs, options)));
      }
    const taken = sessions.flatMap(({ steps }) => steps.take());
    return { suites, costs: costs.list(), taken: countSteps(taken), atRuntime: shareAtRuntime(taken) };
  } finally {
    await Promise.all(sessions.map(closeTestSession));
  }
}

/** Suites of one path each, which several workers cannot share, are shared among them. */
async function playSuites(
  suites: readonly Suite[],
  sessions: readonly TestSession[],
  costs: CostsSeen,
  options: ConformOptions,
): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  if (suites.some(({ paths }) => paths.length > 1)) {
    for (const suite of suites) results.push(await playSuite(suite, sessions, costs, options));
    return results;
  }
  const waiting = [...suites.entries()];
  const worker = async (session: TestSession): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results[next[0]] = await playSuite(next[1], [session], costs, options);
  };
  await Promise.all(sessions.map(worker));
  return results;
}

async function playSuite(
  suite: Suite,
  sessions: readonly TestSession[],
  costs: CostsSeen,
  options: ConformOptions,
): Promise<SuiteResult> {
  const { testModel, about, goals } = suite;
  const { dataPlane, bug, haproxyVersion, shrinks = true, progress = () => {}, onTrace = () => {} } = options;
  const router = nameOf(options.router);
  const begin = performance.now();
  const whole = suite.paths.reduce((sum, path) => sum + path.length, 0);
  const waiting = [...pathsFor(suite, sessions.length)];
  const played: number[][] = [];
  const found: (FailingPath & { session: TestSession })[] = [];
  const alarms: Alarm[] = [];
  let steps = 0;

  const worker = async (session: TestSession): Promise<void> => {
    const tracer = new Tracer(testModel);
    for (let path = waiting.shift(); path !== undefined && found.length === 0; path = waiting.shift()) {
      const taken: number[] = [];
      played.push(taken);
      const failure: Failure | undefined = await play(session, testModel, path, {
        tracer,
        isOver: () => found.length > 0,
        onStep: (step, spent) => {
          taken.push(path[taken.length]!);
          steps += 1;
          costs.add(step.kind, spent.acting + spent.observing);
          if (steps % 100 === 0) progress(`${suite.suite} (${about}): ${steps} of ${whole} steps`);
        },
      });
      onTrace(suite, tracer.path);
      if (failure !== undefined) found.push({ path: path.slice(0, failure.at + 1), failure, session });
    }
    if (tracer.alarm !== undefined) alarms.push(tracer.alarm);
  };
  await Promise.all(sessions.map(worker));
  const seconds = Math.round((performance.now() - begin) / 10) / 100;
  const failures: FailureReport[] = [];
  for (const { session, ...first } of found.slice(0, 1)) {
    progress(`${suite.suite}: makes the path to the failure shorter`);
    const shortest = suite.suite === 'stories' || !shrinks ? first : await shrink(session, testModel, first);
    failures.push(reportFailure(suite, shortest, { router, dataPlane, bug, haproxyVersion }));
  }
  return {
    suite: suite.suite,
    about,
    router,
    goals,
    covered: suite.met(played),
    steps,
    seconds,
    failures,
    traceAccepted: alarms.length === 0,
    ...(alarms[0] && { alarm: describeAlarm(alarms[0]) }),
  };
}

/** Only Limpet's own router has steps, and what `verify` reads. */
async function playChangesSuite(
  sessions: readonly TestSession[],
  costs: CostsSeen,
  { router, dataPlane, bug, haproxyVersion, shrinks = true, progress = () => {} }: ConformOptions,
): Promise<SuiteResult[]> {
  if (router !== 'haproxy') return [];
  const begin = performance.now();
  const {
    failure: found,
    atRuntime,
    ...counts
  } = await runChanges(sessions, (kind, ms, steps, whole) => {
    costs.add(kind, ms);
    if (steps % 100 === 0) progress(`changes: ${steps} of ${whole} steps`);
  });
  const shortest = found && shrinks ? await shrinkOperations(found) : found;
  const report = shortest && reportOperations(shortest, { router, dataPlane, bug, haproxyVersion });
  return [
    {
      suite: 'changes',
      about: `each step, field and drift, alone and in pairs; ${Math.round(atRuntime * 100)} % at run time`,
      router,
      ...counts,
      atRuntime,
      seconds: Math.round((performance.now() - begin) / 10) / 100,
      failures: report ? [report] : [],
      traceAccepted: true,
    },
  ];
}

/** The suite's paths, cut for several workers; not where a cut would lose a goal, as for a regression. */
export function pathsFor(suite: Suite, workers: number): Suite['paths'] {
  if (workers === 1) return suite.paths;
  const cut = split(suite.testModel.graph, suite, workers * SHARES_A_WORKER).flatMap(({ paths }) => paths);
  return suite.met(cut) === suite.goals ? cut : suite.paths;
}
