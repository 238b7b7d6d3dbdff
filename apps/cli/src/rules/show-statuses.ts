import type { RuleStatus } from '@limpet/contract';
import { conditionOf, isInForce } from '@limpet/operations';
import { ruleId } from '@limpet/router';
import { table } from '../output/format.ts';
import { messageWithFileFieldNames } from './field-names.ts';

/**
 * The conditions for people: a row for each rule, and a line with the reason for each rule that is not in force, and for
 * each warning of one that is.
 */
export function showStatuses(statuses: readonly RuleStatus[]): string {
  if (statuses.length === 0) return 'no rules\n';
  const rows = statuses.map((status) => [
    ruleId(status.key),
    status.generation,
    ...(['Accepted', 'Programmed', 'InForce'] as const).map((type) => conditionOf(status, type)?.status ?? 'Unknown'),
  ]);
  const why = [...whyNot(statuses), ...warningsOf(statuses)].map((line) => `${line}\n`);
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

/** What the condition of a rule that is in force does not promise. */
const warningsOf = (statuses: readonly RuleStatus[]): string[] =>
  statuses
    .filter(isInForce)
    .flatMap((status) =>
      (conditionOf(status, 'InForce')?.warnings ?? []).map((warning) => `${ruleId(status.key)}: ${warning}`),
    );
