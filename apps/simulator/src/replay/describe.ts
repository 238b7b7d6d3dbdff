import type { Command, CommandResult, Condition, RuleStatus } from '@limpet/contract';
import { otherStickiness, type ReplayGroup } from './management.ts';

/** What the router says, in words. */
export function describe(result: CommandResult, group: ReplayGroup): string {
  const status = statusIn(result, group);
  return [result.outcome, ...(status === undefined ? [] : conditionsOf(status))].join(', ');
}

/** Which of the rule's generations a command is about, in words. */
export function stateOf(command: Command, group: ReplayGroup): string {
  return isOf(command, group) ? 'it is' : `it was before, stickiness ${otherStickiness(group.records).method}`;
}

/** True when the command is about the rule's latest generation. */
export const isOf = (command: Command, { records }: ReplayGroup): boolean =>
  'generation' in command && command.generation === records.generation;

/** True when the router says that the rule is in force. */
export const saysInForce = (result: CommandResult, group: ReplayGroup): boolean =>
  conditionOf(statusIn(result, group), 'InForce') === 'True';

const statusIn = ({ rules }: CommandResult, { records: { rule } }: ReplayGroup): RuleStatus | undefined =>
  rules.find(({ key }) => key.ip === rule.ip && key.port === rule.port);

const conditionOf = (status: RuleStatus | undefined, wanted: Condition['type']): Condition['status'] | undefined =>
  status?.conditions.find(({ type }) => type === wanted)?.status;

const conditionsOf = ({ conditions }: RuleStatus): string[] =>
  conditions.map(({ type, status, reason, message }) => {
    if (status === 'True') return type;
    return status === 'False' ? `${type} False (${reason}: ${message})` : `${type} ${status} (${reason})`;
  });
