import type { Changes } from '@limpet/operations';
import { exitCodes } from '../exit-codes.ts';

/** The exit code of `plan` and `diff`, as `apply` would end: an error when a rule would be refused. */
export function exitCodeOf({ changes, refusals }: Pick<Changes, 'changes' | 'refusals'>): number {
  if (refusals.length > 0) return exitCodes.doesNotHold;
  return changes ? exitCodes.changes : exitCodes.done;
}
