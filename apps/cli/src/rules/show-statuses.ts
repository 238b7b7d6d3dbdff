import type { RuleStatus } from '@limpet/contract';
import { ruleId, standbyReason } from '@limpet/router';
import { table } from '../output/format.ts';
import { messageWithFileFieldNames } from './field-names.ts';

/** Whether all of the rules are in force. */
export const allInForce = (statuses: readonly RuleStatus[]): boolean => statuses.every(isInForce);

/** Whether the rule's condition `InForce` is True. */
export const isInForce = (status: RuleStatus): boolean => conditionOf(status, 'InForce')?.status === 'True';

/** Whether the rule is ready, and waits for its address, which the other router of the pair has. */
export const isStandby = (status: RuleStatus): boolean => conditionOf(status, 'InForce')?.reason === standbyReason;

/** Whether the rule is as it should be: in force, or ready on the router that stands by. */
export const isWell = (status: RuleStatus): boolean => isInForce(status) || isStandby(status);

/** The conditions for people: a row for each rule, and a line with the reason for each rule that is not in force. */
export function showStatuses(statuses: readonly RuleStatus[]): string {
  if (statuses.length === 0) return 'no rules\n';
  const rows = statuses.map((status) => [
    ruleId(status.key),
    status.generation,
    ...(['Accepted', 'Programmed', 'InForce'] as const).map((type) => conditionOf(status, type)?.status ?? 'Unknown'),
  ]);
  const why = whyNot(statuses).map((line) => `${line}\n`);
  return [table(['rule', 'generation', 'Accepted', 'Programmed', 'InForce'], rows), ...why].join('');
}

/** A line for each rule that is not in force: `10.0.53.2:80: AddressNotLocal: ip: ...`. */
const whyNot = (statuses: readonly RuleStatus[]): string[] =>
  statuses
    .filter((status) => !isInForce(status))
    .map((status) => {
      const condition = status.conditions.find(({ status: said }) => said !== 'True');
      return `${ruleId(status.key)}: ${condition?.reason ?? 'Unknown'}: ${messageWithFileFieldNames(condition?.message ?? 'nothing is known of it')}`;
    });

const conditionOf = ({ conditions }: RuleStatus, type: RuleStatus['conditions'][number]['type']) =>
  conditions.find((condition) => condition.type === type);
