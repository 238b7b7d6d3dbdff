import type { RuleKey, RuleRecord } from '@limpet/contract';
import { ruleId } from '../names.ts';
import type { KnownDefects } from './known-defects.ts';
import type { RuleTable } from './rule-table.ts';

/** What a command was about; undefined: the full set. */
export type Subject = RuleKey | undefined;

/**
 * What of a change is stored: the rule as it was asked for, but for what CloudStack keeps from its creation.
 *
 * @param before the stored rule; undefined when it is new.
 */
export function storedRule(rule: RuleRecord, before: RuleRecord | undefined, { cidrsFixed }: KnownDefects): RuleRecord {
  return cidrsFixed && before ? { ...rule, cidrs: before.cidrs } : rule;
}

/** Whether CloudStack sends anything for a change that it has stored. */
export function isPushed(
  rule: RuleRecord,
  before: RuleRecord | undefined,
  { protocolNotPushed }: KnownDefects,
): boolean {
  if (!protocolNotPushed || !before || rule.protocol === before.protocol) return true;
  return JSON.stringify({ ...rule, protocol: before.protocol }) !== JSON.stringify(before);
}

/**
 * The rules that go with a command.
 *
 * @param updated ids of rules whose CIDR list was changed: updateLoadBalancerRule joins by commas what
 * createLoadBalancerRule joins by blanks.
 */
export function sentRules(
  { rules }: RuleTable,
  subject: Subject,
  updated: ReadonlySet<string>,
  { partialSnapshot, commaJoinedCidrs }: KnownDefects,
): RuleRecord[] {
  return [...rules]
    .filter(([id]) => !partialSnapshot || !subject || id === ruleId(subject))
    .map(([id, { rule }]) => (commaJoinedCidrs && updated.has(id) ? { ...rule, cidrs: [rule.cidrs.join(',')] } : rule));
}
