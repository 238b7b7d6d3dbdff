/**
 * Plays a path of the suite `changes`, and compares after each operation.
 *
 * @module
 */
import type { ExpectedOutcome } from '../concretize/expected-outcome.ts';
import type { Difference } from '../oracle/compare.ts';
import type { Observation } from '../oracle/observe.ts';
import type { StepKind } from '../sut/steps-seen.ts';
import type { TestSession } from '../sut/test-session.ts';
import { ChangesPlayer } from './changes-player.ts';
import type { Operation } from './operation.ts';

/** The first operation after which the router is not as it must be. */
export interface ChangesFailure {
  /** Which operation of the path, from 0. */
  readonly at: number;
  readonly differences: readonly Difference[];
  readonly expected: ExpectedOutcome;
  readonly observed: Observation;
}

/** Options of {@link playChanges}. */
export interface PlayChangesOptions {
  /** Called after each operation that does not fail, with what the router did, and with milliseconds. */
  onOperation?: (at: number, steps: readonly StepKind[], ms: number) => void;
  /** Asked before each operation: whether to stop here. */
  isOver?: () => boolean;
}

/** Plays operations on an empty disk up to the first failure; undefined when none. */
export async function playChanges(
  session: TestSession,
  operations: readonly Operation[],
  { onOperation, isOver }: PlayChangesOptions = {},
): Promise<ChangesFailure | undefined> {
  await session.sut.wipe(); // the router of an earlier suite may still be there
  const player = new ChangesPlayer(session);
  await player.begin();
  try {
    for (const [at, operation] of operations.entries()) {
      if (isOver?.()) return undefined;
      const begin = performance.now();
      const { steps, ...result } = await player.take(operation);
      if (result.differences.length > 0) return { at, ...result };
      onOperation?.(at, steps, performance.now() - begin);
    }
    return undefined;
  } finally {
    await player.end();
  }
}
