import type { Condition, RuleStatus } from '@limpet/contract';

type Status = Condition['status'];

/** The conditions of a rule, in the order in which they come true. */
export const conditionTypes = ['Accepted', 'Programmed', 'InForce'] as const;

/** The new value of one condition; generation and time are added where it is set. */
export interface ConditionUpdate {
  status: Status;
  reason: string;
  message: string;
  warnings?: string[];
}

/**
 * `status` with its conditions updated at `generation`. As in Kubernetes, `lastTransitionTime` changes only when the
 * condition's status does.
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
    const update = updates[type];
    if (!update) return before ? [before] : [];
    const lastTransitionTime = before?.status === update.status ? before.lastTransitionTime : now;
    return [{ type, ...update, observedGeneration: generation, lastTransitionTime }];
  });
  return { ...status, conditions };
}

/** The condition does not hold. */
export const conditionFalse = (reason: string, message: string): ConditionUpdate => ({
  status: 'False',
  reason,
  message,
});
/** The condition holds. */
export const conditionTrue = (reason: string, message: string, warnings: readonly string[] = []): ConditionUpdate => ({
  status: 'True',
  reason,
  message: [message, ...warnings].join('; '),
  ...(warnings.length > 0 && { warnings: [...warnings] }),
});

/** The reason of rules that are ready, and wait for an address that the other router of the pair has. */
export const standbyReason = 'Standby';

/** Whether a condition `InForce` tells of a failure: False, and not because the rule waits for its address. */
export const isFailure = ({ status, reason }: Pick<Condition, 'status' | 'reason'>): boolean =>
  status === 'False' && reason !== standbyReason;
