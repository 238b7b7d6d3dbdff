import { type DesiredRule, wantedGeneration } from '../../desired.ts';
import type { RouterContext } from './context.ts';

/**
 * One rule at the version that is to be programmed; `wanted` undefined: it is to go. Fixed when a round begins: what
 * comes in meanwhile is for the next round, and is neither applied unstored nor blamed for the failure of an older one.
 */
export interface ReconcileRequest {
  id: string;
  generation: number;
  wanted: DesiredRule | undefined;
}

type Known = Pick<RouterContext, 'store' | 'programmed' | 'refused'>;

/**
 * What is to be done. Pure.
 *
 * @param all true when nothing is known of HAProxy: every rule is a goal then, and a refused one at its last good version.
 * @param drifted ids of rules that somebody else has changed: they are goals as well.
 */
export function reconcileRequests(
  { store, programmed, refused }: Known,
  all: boolean,
  drifted: ReadonlySet<string>,
): ReconcileRequest[] {
  const { desired, inForce } = store;
  const ids = new Set([...Object.keys(desired.rules), ...programmed.keys()]);
  return [...ids].flatMap((id): ReconcileRequest[] => {
    const generation = wantedGeneration(desired, id);
    if (refused.get(id) === generation) {
      const lastGood = programmed.get(id) ?? inForce[id];
      return (all || drifted.has(id)) && lastGood ? [{ id, generation: lastGood.generation, wanted: lastGood }] : [];
    }
    const wanted = desired.rules[id];
    const done = wanted !== undefined && programmed.get(id)?.generation === generation;
    return done && !all && !drifted.has(id) ? [] : [{ id, generation, wanted }];
  });
}
