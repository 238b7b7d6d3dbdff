/**
 * Every bug of the catalogue, switched on one at a time: which suite catches it, after how many steps, by which check.
 *
 * @module
 */
import { BUGS } from '@limpet/model';
import { ROUTER_BUGS } from '@limpet/router';
import { randomWalk, seeded, shortestPathAState } from './baselines.ts';
import { closeBench, openBench } from './conform.ts';
import { type Catch, catchModelBug, createModelMutant, type ModelMutant } from './model-mutant.ts';
import { play } from './play.ts';
import { FIXED, type RouterKind } from './routers.ts';
import { planSuite, SUITES, type Suite } from './suites.ts';
import type { Ground } from './walk.ts';

/** A bug, and what caught it. */
export interface Mutant {
  bug: string;
  /** Whose bug it is: the model's management side, or a router. */
  of: 'model' | RouterKind;
  upstream: readonly string[];
  sentence: string;
  caught: boolean;
  suite?: string;
  steps?: number;
  check?: string;
  /** Whether one shortest path to each state catches it; where asked for. */
  shortestPaths?: boolean;
  /** Whether a random walk of as many steps catches it; where asked for. */
  randomWalk?: boolean;
}

export interface MutantsOptions {
  /** Only these. */
  only?: readonly string[] | undefined;
  /** Try them on what others would play, too: one shortest path a state, and a random walk. */
  baselines?: boolean | undefined;
  progress?: (line: string) => void;
}

type Paths = readonly (readonly number[])[];
/** Plays paths until the bug shows. */
type Hunt = (ground: Ground, paths: Paths) => Promise<Catch | undefined>;

const SEED = 9583;

/** Plays on the data plane in memory. */
export async function runMutants({
  only,
  baselines: withBaselines,
  progress = () => {},
}: MutantsOptions = {}): Promise<Mutant[]> {
  const suites = SUITES.flatMap((suite) => planSuite(suite, 'router'))
    // The shorter ones first.
    .sort((a, b) => lengthOf(a.paths) - lengthOf(b.paths));
  const baselines = withBaselines ? baselinesOf(suites) : undefined;
  const isWanted = (name: string) => only === undefined || only.includes(name);
  const found: Mutant[] = [];
  for (const { name, upstream, sentence } of BUGS) {
    if (!isWanted(name)) continue;
    progress(name);
    const made = new Map<Ground['model'], ModelMutant>();
    const hunt: Hunt = async (ground, paths) => {
      const mutant = made.get(ground.model) ?? createModelMutant(ground, name);
      made.set(ground.model, mutant);
      return catchModelBug(mutant, ground, paths);
    };
    found.push({ bug: name, of: 'model', upstream, sentence, ...(await judge(hunt, suites, baselines)) });
  }
  const passed = new Map<RouterKind, readonly Suite[]>();
  for (const { name, router, upstream, sentence } of ROUTER_BUGS) {
    if (!isWanted(name)) continue;
    progress(name);
    const counting = passed.get(router) ?? (await passedBy(router, suites));
    passed.set(router, counting);
    const hunt: Hunt = (ground, paths) => catchRouterBug(router, name, ground, paths);
    found.push({
      bug: name,
      of: router,
      upstream,
      sentence,
      ...(await judge(hunt, counting, baselines)),
    });
  }
  return found;
}

/**
 * Suites that the router passes without any bug: only these say something of one. CloudStack's has no answer to some
 * faults, whatever is switched off.
 */
async function passedBy(router: RouterKind, suites: readonly Suite[]): Promise<Suite[]> {
  const none = router === 'cloudstack' ? FIXED : undefined;
  const passed: Suite[] = [];
  for (const suite of suites)
    if ((await catchRouterBug(router, none, suite.ground, suite.paths)) === undefined) passed.push(suite);
  return passed;
}

interface Baselines {
  ground: Ground;
  shortest: Paths;
  random: Paths;
}

/** Of one group with one member: of two members, one shortest path a state is 18,631 steps, half an hour for all bugs. */
function baselinesOf(suites: readonly Suite[]): Baselines {
  const { ground } = suites.find(({ ground: { groups, members } }) => groups === 1 && members === 1)!;
  const shortest = shortestPathAState(ground);
  return { ground, shortest, random: [randomWalk(ground, lengthOf(shortest), seeded(SEED))] };
}

const lengthOf = (paths: Paths): number => paths.reduce((sum, path) => sum + path.length, 0);

async function judge(hunt: Hunt, suites: readonly Suite[], baselines: Baselines | undefined) {
  const others = baselines && {
    shortestPaths: (await hunt(baselines.ground, baselines.shortest)) !== undefined,
    randomWalk: (await hunt(baselines.ground, baselines.random)) !== undefined,
  };
  let steps = 0;
  for (const { suite, ground: on, paths } of suites) {
    const found = await hunt(on, paths);
    if (found !== undefined) return { caught: true, suite, steps: steps + found.steps, check: found.check, ...others };
    steps += lengthOf(paths);
  }
  return { caught: false, ...others };
}

async function catchRouterBug(
  router: RouterKind,
  bug: string | undefined,
  ground: Ground,
  paths: Paths,
): Promise<Catch | undefined> {
  const bench = await openBench({ router, dataPlane: 'memory', bug });
  let steps = 0;
  try {
    for (const path of paths) {
      const failure = await play(bench, ground, path);
      if (failure !== undefined) return { steps: steps + failure.at + 1, check: failure.differences[0]!.check };
      steps += path.length;
    }
    return undefined;
  } catch (error) {
    // A router that throws is a failure as well.
    return { steps, check: `error ${(error as { code?: string }).code ?? (error as Error).message}` };
  } finally {
    await closeBench(bench).catch(() => {});
  }
}
