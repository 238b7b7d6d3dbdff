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
  const { rules } = state.store.desired;
  const requests: ReconcileRequest[] = [];
  const look = (id: string): void => {
    const request = requestOf(state, knowledge, id);
    if (request) requests.push(request);
  };
  // Without a list of all ids: there may be thousands of rules, and one that has changed.
  for (const id in rules) look(id);
  for (const id of state.programmed.keys()) if (!(id in rules)) look(id);
  return requests;
}

function requestOf(state: Known, knowledge: Knowledge, id: string): ReconcileRequest | undefined {
  const { programmed, store } = state;
  const { desired, inForce } = store;
  const wanted = desired.rules[id];
  const inDoubt = isInDoubt(knowledge, id);
  const generation = wanted?.generation ?? wantedGeneration(desired, id);
  if (state.refusedGeneration(id) === generation) {
    const lastGood = programmed.get(id) ?? inForce[id];
    return inDoubt && lastGood ? { id, generation: lastGood.generation, wanted: lastGood } : undefined;
  }
  const done = wanted !== undefined && programmed.get(id)?.generation === generation;
  return done && !inDoubt ? undefined : { id, generation, wanted };
}
