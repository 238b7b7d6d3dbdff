import type { CommandResult, RuleStatus } from '@limpet/contract';
import type { ManagementEvent } from '@limpet/model';

interface Known {
  index: number;
  rule: { ip: string; port: number };
  generation: number;
}

type RuleEvent = ManagementEvent & { to: 'rule' };

/** The events of the model that a router's answer causes. Statuses of older generations cause none. */
export function answerEvents(result: CommandResult, groups: readonly Known[]): RuleEvent[] {
  return result.rules.flatMap((status) => {
    const group = groups.find(({ rule }) => rule.ip === status.key.ip && rule.port === status.key.port);
    if (group?.generation !== status.generation) return [];
    return verdicts(status).map((event): RuleEvent => ({ to: 'rule', group: group.index, event }));
  });
}

function verdicts(status: RuleStatus): RuleEvent['event'][] {
  const condition = (type: string) => status.conditions.find((each) => each.type === type)?.status;
  if (condition('Accepted') === 'False' || condition('Programmed') === 'False') return ['refused'];
  const inForce = condition('InForce');
  // A router that does not verify reports Unknown. CloudStack takes the rule for in force then, and so does its model here.
  return inForce === 'True' || inForce === 'Unknown' ? ['applied', 'inForce'] : ['applied'];
}
