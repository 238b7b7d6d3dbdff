import type { Condition, RuleStatus } from '@limpet/contract';

type Status = Condition['status'];

/** The conditions of a rule, in the order in which they come true. */
export const conditionTypes = ['Accepted', 'Programmed', 'InForce'] as const;

/** What is said of one condition; the rest (generation, time) follows from it. */
export interface Statement {
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
  statements: Partial<Record<Condition['type'], Statement>>,
  generation: number,
  now: string,
): RuleStatus {
  const conditions = conditionTypes.flatMap((type): Condition[] => {
    const before = status.conditions.find((condition) => condition.type === type);
    const said = statements[type];
    if (!said) return before ? [before] : [];
    const lastTransitionTime = before?.status === said.status ? before.lastTransitionTime : now;
    return [{ type, ...said, observedGeneration: generation, lastTransitionTime }];
  });
  return { ...status, conditions };
}

/** The statements from here on cannot be made yet. */
export const pending = (reason: string, message: string): Statement => ({ status: 'False', reason, message });
export const yes = (reason: string, message: string): Statement => ({ status: 'True', reason, message });
