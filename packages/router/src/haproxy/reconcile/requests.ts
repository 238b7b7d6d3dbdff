import { type DesiredRule, wantedGeneration } from '../../desired.ts';
import { isInDoubt, type Knowledge } from './knowledge.ts';
import type { RouterState } from './router-state.ts';

/**
 * One rule at the version that is to be programmed; `wanted` undefined: it is to go. Fixed when a round begins: a command
 * that comes in meanwhile is for the next round, and is neither applied unstored nor blamed for an older one's failure.
 */
export interface ReconcileRequest {
  id: string;
  generation: number;
  wanted: DesiredRule | undefined;
}

type Known = Pick<RouterState, 'store' | 'programmed' | 'refusedGeneration'>;

/**
 * The rules that a round has to bring about: those that are not programmed as they are wanted, and those of which HAProxy
 * may have lost something. A refused rule is among the latter only, at its last good version. Pure.
 */
export function reconcileRequests(state: Known, knowledge: Knowledge): ReconcileRequest[] {
  const { store, programmed } = state;
  const { desired, inForce } = store;
  const ids = new Set([...Object.keys(desired.rules), ...programmed.keys()]);
  return [...ids].flatMap((id): ReconcileRequest[] => {
    const generation = wantedGeneration(desired, id);
    const inDoubt = isInDoubt(knowledge, id);
    if (state.refusedGeneration(id) === generation) {
      const lastGood = programmed.get(id) ?? inForce[id];
      return inDoubt && lastGood ? [{ id, generation: lastGood.generation, wanted: lastGood }] : [];
    }
    const wanted = desired.rules[id];
    const done = wanted !== undefined && programmed.get(id)?.generation === generation;
    return done && !inDoubt ? [] : [{ id, generation, wanted }];
  });
}
