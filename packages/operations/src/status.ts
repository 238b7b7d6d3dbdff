import type { Condition, RuleStatus } from '@limpet/contract';
import { standbyReason } from '@limpet/router';

/** Whether all of the rules are in force. */
export const allInForce = (statuses: readonly RuleStatus[]): boolean => statuses.every(isInForce);

/** Whether the rule's condition `InForce` is True. */
export const isInForce = (status: RuleStatus): boolean => conditionOf(status, 'InForce')?.status === 'True';

/** Whether the rule is ready, and waits for its address, which the other router of the pair has. */
export const isStandby = (status: RuleStatus): boolean => conditionOf(status, 'InForce')?.reason === standbyReason;

/** Whether the rule is as it should be: in force, or ready on the router that stands by. */
export const isWell = (status: RuleStatus): boolean => isInForce(status) || isStandby(status);

/** The rule's condition of this type; undefined while nothing is known. */
export const conditionOf = ({ conditions }: RuleStatus, type: Condition['type']): Condition | undefined =>
  conditions.find((condition) => condition.type === type);
