import type { RuleStatus } from '@limpet/contract';
import type { Body } from '@limpet/inspection';
import { conditionOf } from '../status.ts';

/**
 * What a router answers about a rule, as a message of the inspector's feed: `refused`, `applied` or `in force`, with the
 * generation that it has observed, and each condition as `Programmed False (PortInUse)`.
 *
 * @param actor of the rule
 * @param command that was answered; undefined when nobody asked
 */
export function answerMessage(actor: string, command: string | undefined, status: RuleStatus): Body {
  const { observedGeneration, conditions } = status;
  const says = (type: Parameters<typeof conditionOf>[1], said: string): boolean =>
    conditionOf(status, type)?.status === said;
  const refused = says('Accepted', 'False') || says('Programmed', 'False');
  return {
    kind: 'ack',
    actor,
    ...(command !== undefined && { command }),
    answer: refused ? 'refused' : says('InForce', 'True') ? 'in force' : 'applied',
    payload: {
      generation: observedGeneration,
      conditions: conditions.map(({ type, status: said, reason }) => `${type} ${said}${reason ? ` (${reason})` : ''}`),
    },
  };
}
