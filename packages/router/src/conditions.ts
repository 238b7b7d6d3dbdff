import type { Condition, RuleStatus } from '@limpet/contract';

type Status = Condition['status'];

/** The conditions of a rule, in the order in which they come true. */
export const conditionTypes = ['Accepted', 'Programmed', 'InForce'] as const;

/** What is said of one condition; the rest (generation, time) follows from it. */
export interface ConditionUpdate {
  status: Status;
  reason: string;
  message: string;
}

/**
 * `status` with the statements made at `generation`. As in Kubernetes, the time moves only when a status does.
 *
 * @param now ISO 8601.
 */
export function withConditions(
  status: RuleStatus,
  updates: Partial<Record<Condition['type'], ConditionUpdate>>,
  generation: number,
  now: string,
): RuleStatus {
  const conditions = conditionTypes.flatMap((type): Condition[] => {
    const before = status.conditions.find((condition) => condition.type === type);
    const said = updates[type];
    if (!said) return before ? [before] : [];
    const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : now;
    return [{ type, ...said, observedGeneration: generation, lastTransitionTime }];
  });
  return { ...status, conditions };
}

/** The statements from here on cannot be made yet. */
export const conditionFalse = (reason: string, message: string): ConditionUpdate => ({
  status: 'False',
  reason,
  message,
});
/** The condition holds. */
export const conditionTrue = (reason: string, message: string): ConditionUpdate => ({
  status: 'True',
  reason,
  message,
});
