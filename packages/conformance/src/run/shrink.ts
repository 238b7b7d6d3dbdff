/**
 * Shrinks a failing path to a short one that fails by the same checks.
 *
 * @module
 */
import { shortestPaths } from '@limpet/checker';
import { abstractStepsOf, edgesOf, type TestModel } from '../model/test-model.ts';
import type { TestSession } from '../sut/test-session.ts';
import type { Failure } from './play.ts';
import { play } from './play.ts';

/** A path that ends with its failure. */
export interface FailingPath {
  readonly path: readonly number[];
  readonly failure: Failure;
}

/** Limit of the plays, which cost the time. */
const MOST_PLAYS = 60;

/**
 * First plays the shortest path to the step that failed, then the shortest paths to earlier and earlier steps with the rest
 * of the failing path. From the first of these that fails, steps are removed as long as it fails (delta debugging, Zeller
 * and Hildebrandt 2002). Only paths of the model are played.
 */
export async function shrink(session: TestSession, testModel: TestModel, found: FailingPath): Promise<FailingPath> {
  let plays = 0;
  const checks = checksOf(found.failure);
  const attempt = async (path: readonly number[]): Promise<FailingPath | undefined> => {
    if (plays >= MOST_PLAYS) return undefined;
    plays += 1;
    const failure = await play(session, testModel, path);
    if (failure === undefined || checksOf(failure) !== checks) return undefined;
    return { path: path.slice(0, failure.at + 1), failure };
  };
  const near = await shortWayThere(testModel, found.path, attempt);
  return takeOut(testModel, near ?? found, attempt);
}

const checksOf = ({ differences }: Failure): string =>
  [...new Set(differences.map(({ check }) => check))].sort().join();

type Attempt = (path: readonly number[]) => Promise<FailingPath | undefined>;

async function shortWayThere(
  { graph }: TestModel,
  path: readonly number[],
  attempt: Attempt,
): Promise<FailingPath | undefined> {
  const ways = shortestPaths({ ...graph, costs: graph.costs.map(() => 1) });
  for (let tail = 1; tail < path.length; tail *= 2) {
    const end = path.slice(-tail);
    const fails = await attempt([...ways.pathTo(ways.sources[end[0]!]!), ...end]);
    if (fails !== undefined) return fails;
  }
  return undefined;
}

async function takeOut(testModel: TestModel, found: FailingPath, attempt: Attempt): Promise<FailingPath> {
  let best = found;
  for (let size = Math.floor(best.path.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.path.length - size; at >= 0; at -= size) {
      const shorter = edgesOf(testModel, abstractStepsOf(testModel, best.path).toSpliced(at, size));
      const fails = shorter && (await attempt(shorter));
      if (fails) best = fails;
    }
  }
  return best;
}
