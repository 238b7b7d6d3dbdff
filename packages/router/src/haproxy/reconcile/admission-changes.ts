import type { Refusal } from '../../refusal.ts';
import { isVerdictOfHaproxy } from './batch-apply.ts';
import type { ReconcileRequest } from './requests.ts';
import type { RouterState } from './router-state.ts';

/** Rules of which the host has changed its mind since they were admitted or refused, although nobody has changed them. */
export interface AdmissionChanges {
  /** In force until now, and cannot be served any more: their address has gone, their certificate, their room. */
  lost: { request: ReconcileRequest; refusal: Refusal }[];
  /** Ids of rules that were refused, and can be served now. */
  regained: string[];
}

type Known = Pick<RouterState, 'store' | 'programmed' | 'refusedGeneration' | 'refusalReason'>;

/** @param refusals of the wanted rules, as the host is now. Pure. */
export function admissionChanges(state: Known, refusals: ReadonlyMap<string, Refusal>): AdmissionChanges {
  const changes: AdmissionChanges = { lost: [], regained: [] };
  for (const [id, wanted] of Object.entries(state.store.desired.rules)) {
    const refusal = refusals.get(id);
    const isRefused = state.refusedGeneration(id) === wanted.generation;
    const isProgrammed = state.programmed.get(id)?.generation === wanted.generation;
    if (refusal && !isRefused && isProgrammed) {
      changes.lost.push({ request: { id, generation: wanted.generation, wanted }, refusal });
    }
    // What HAProxy or the kernel has refused would be refused again, at the cost of a check or a reload each time.
    if (!refusal && isRefused && !isVerdictOfHaproxy(state.refusalReason(id)!)) changes.regained.push(id);
  }
  return changes;
}
