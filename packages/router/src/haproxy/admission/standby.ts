import type { HaproxySettings, RuleKey } from '@limpet/contract';
import { type ConditionUpdate, conditionFalse, standbyReason } from '../../conditions.ts';
import { keyOf, ruleId } from '../../names.ts';

/**
 * Ids of the rules that wait: the router is one of a pair, and the other one has their address now. HAProxy listens on it
 * all the same, so that nothing has to be done when it comes.
 */
export const standbyOf = (
  rules: readonly RuleKey[],
  { pair }: Pick<HaproxySettings, 'pair'>,
  local: ReadonlySet<string>,
): ReadonlySet<string> => new Set(pair ? rules.filter(({ ip }) => !local.has(ip)).map(ruleId) : []);

/** The condition `InForce` of a rule that waits, with what else is to be said of it. */
export const standbyCondition = (id: string, notes: readonly string[]): ConditionUpdate =>
  conditionFalse(
    standbyReason,
    [
      `${keyOf(id).ip} is not an address of this router now; HAProxy and iptables have the rule, and it serves when the address comes`,
      ...notes,
    ].join('; '),
  );
