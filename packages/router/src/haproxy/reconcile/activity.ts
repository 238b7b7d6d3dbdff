import type { DesiredRule } from '../../desired.ts';
import type { Step } from '../plan/plan.ts';
import type { ReconcileRequest } from './requests.ts';

/**
 * What a reload was needed for. `restore`: no rule is wanted otherwise than it was programmed; HAProxy was brought back to
 * that after a start of the router, with other settings, or since another program had changed it.
 */
export type ReloadCause = 'rule-added' | 'rule-removed' | 'rule-changed' | 'restore';

/** What a router has done since it was opened. */
export interface RouterActivity {
  reloads: Record<ReloadCause, number>;
  /** Starts of HAProxy, which did not run. */
  starts: number;
  /** Changes without a reload. */
  runtimeOps: number;
  /** How often a rule was found as another program had changed it. */
  drifted: number;
  /** Changes whose probes did not see what the rule demands. */
  failedProbes: number;
}

/** The activity of a router that has done nothing. */
export const noActivity = (): RouterActivity => ({
  reloads: { 'rule-added': 0, 'rule-removed': 0, 'rule-changed': 0, restore: 0 },
  starts: 0,
  runtimeOps: 0,
  drifted: 0,
  failedProbes: 0,
});

/** What two routers have done, one after the other. */
export const sumOf = (first: RouterActivity, second: RouterActivity): RouterActivity => ({
  reloads: {
    'rule-added': first.reloads['rule-added'] + second.reloads['rule-added'],
    'rule-removed': first.reloads['rule-removed'] + second.reloads['rule-removed'],
    'rule-changed': first.reloads['rule-changed'] + second.reloads['rule-changed'],
    restore: first.reloads.restore + second.reloads.restore,
  },
  starts: first.starts + second.starts,
  runtimeOps: first.runtimeOps + second.runtimeOps,
  drifted: first.drifted + second.drifted,
  failedProbes: first.failedProbes + second.failedProbes,
});

/** Reloads, whatever for. */
export const reloadsIn = ({ reloads }: RouterActivity): number =>
  Object.values(reloads).reduce((sum, count) => sum + count, 0);

/** Counts the steps of one application of rules. A reload for several rules counts once, for the greatest change. */
export function countSteps(
  activity: RouterActivity,
  steps: readonly Step[],
  before: ReadonlyMap<string, DesiredRule>,
  requests: readonly ReconcileRequest[],
): void {
  if (steps.some((step) => step.do === 'start')) activity.starts++;
  if (steps.some((step) => step.do === 'reload')) activity.reloads[causeOf(before, requests)]++;
}

function causeOf(before: ReadonlyMap<string, DesiredRule>, requests: readonly ReconcileRequest[]): ReloadCause {
  if (requests.some(({ id, wanted }) => wanted && !before.has(id))) return 'rule-added';
  if (requests.some(({ id, wanted }) => !wanted && before.has(id))) return 'rule-removed';
  const isChanged = ({ id, generation }: ReconcileRequest): boolean => before.get(id)?.generation !== generation;
  return requests.some((request) => before.has(request.id) && isChanged(request)) ? 'rule-changed' : 'restore';
}
