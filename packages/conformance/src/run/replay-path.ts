import type { PlannedOperation } from '../changes/operation.ts';
import { playChanges } from '../changes/play-changes.ts';
import { ConformanceError } from '../errors.ts';
import { edgesOf, openTestModel } from '../model/test-model.ts';
import { nameOf, type OwnRouter, type RouterKind } from '../sut/routers.ts';
import { closeTestSession, openTestSession } from './conform.ts';
import {
  type ChangesReplay,
  type FailureReport,
  type ReplayFile,
  reportFailure,
  reportOperations,
} from './failure-report.ts';
import { play } from './play.ts';

const kinds: readonly RouterKind[] = ['memory', 'cloudstack', 'haproxy'];

/**
 * Reads what `limpet conform` wrote about a failure.
 *
 * @throws ConformanceError `CONFORMANCE_REPLAY_INVALID` with the field.
 */
export function parseReplay(text: string): (ReplayFile | ChangesReplay) & { router: RouterKind } {
  let value: Partial<ReplayFile & ChangesReplay>;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConformanceError('CONFORMANCE_REPLAY_INVALID', 'the file is not JSON', { cause });
  }
  const { router, dataPlane, bug, haproxyVersion, groups, members, port, moves, operations } = value ?? {};
  const need = (ok: boolean, field: string, what: string) => {
    if (!ok) throw new ConformanceError('CONFORMANCE_REPLAY_INVALID', `${field}: expected ${what}`);
  };
  need(
    kinds.some((kind) => kind === router),
    'router',
    kinds.join(', '),
  );
  need(dataPlane === 'real' || dataPlane === 'memory', 'dataPlane', 'real or memory');
  need(bug === undefined || typeof bug === 'string', 'bug', 'the name of a bug');
  need(haproxyVersion === undefined || typeof haproxyVersion === 'string', 'haproxyVersion', 'such as 2.6.12');
  if (operations !== undefined) {
    const isOperation = (planned: PlannedOperation) => typeof planned?.operation?.do === 'string';
    need(
      Array.isArray(operations) && operations.every(isOperation),
      'operations',
      'a list of { operation, sentence, goals }',
    );
    return value as ChangesReplay & { router: RouterKind };
  }
  for (const [field, count] of Object.entries({ groups, members })) need(count === 1 || count === 2, field, '1 or 2');
  need(Number.isInteger(port) && port! > 0 && port! < 65_535, 'port', 'a port');
  need(
    Array.isArray(moves) &&
      moves.every(({ group, text: words }) => Number.isInteger(group) && typeof words === 'string'),
    'moves',
    'a list of { group, text }',
  );
  return value as ReplayFile & { router: RouterKind };
}

/**
 * Plays a path again; undefined when nothing fails.
 *
 * @throws ConformanceError `CONFORMANCE_STEP_IMPOSSIBLE` when the model cannot take the path any more
 */
export async function replayPath(
  file: (Omit<ReplayFile, 'router'> | Omit<ChangesReplay, 'router'>) & { router: RouterKind | OwnRouter },
): Promise<FailureReport | undefined> {
  if ('operations' in file) return replayOperations(file);
  // A model in which hosts take what rules need takes the paths of one in which they do not, too.
  const testModel = openTestModel({ ...file, addressesMove: true, certificatesGo: true });
  const path = edgesOf(testModel, file.moves);
  if (path === undefined)
    throw new ConformanceError(
      'CONFORMANCE_STEP_IMPOSSIBLE',
      'moves: the model cannot take these steps any more; run the suite again',
    );
  const session = await openTestSession(file);
  try {
    const failure = await play(session, testModel, path);
    return (
      failure &&
      reportFailure(
        { testModel, suite: 'transitions', about: 'a replay' },
        { path: path.slice(0, failure.at + 1), failure },
        { ...file, router: nameOf(file.router) },
      )
    );
  } finally {
    await closeTestSession(session);
  }
}

async function replayOperations(
  file: Omit<ChangesReplay, 'router'> & { router: RouterKind | OwnRouter },
): Promise<FailureReport | undefined> {
  const session = await openTestSession(file);
  try {
    const { operations } = file;
    const failure = await playChanges(
      session,
      operations.map(({ operation }) => operation),
    );
    const path = operations.slice(0, (failure?.at ?? -1) + 1);
    return failure && reportOperations({ path, failure }, { ...file, router: nameOf(file.router) });
  } finally {
    await closeTestSession(session);
  }
}
