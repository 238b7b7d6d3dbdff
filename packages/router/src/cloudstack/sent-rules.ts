import type { RuleKey, RuleRecord } from '@limpet/contract';
import { ruleId } from '../names.ts';
import type { KnownDefects } from './known-defects.ts';
import type { RuleTable } from './rule-table.ts';

/** The rule of a command; undefined: the full set. */
export type Subject = RuleKey | undefined;

/**
 * The stored version of a changed rule: the requested one, except for fields that CloudStack keeps from the creation.
 *
 * @param before the stored rule; undefined when it is new.
 */
export function storedRule(rule: RuleRecord, before: RuleRecord | undefined, { cidrsFixed }: KnownDefects): RuleRecord {
  return cidrsFixed && before ? { ...rule, cidrs: before.cidrs } : rule;
}

/** Whether CloudStack sends a change to the router after it has stored it. */
export function isPushed(
  rule: RuleRecord,
  before: RuleRecord | undefined,
  { protocolNotPushed }: KnownDefects,
): boolean {
  if (!protocolNotPushed || !before || rule.protocol === before.protocol) return true;
  return JSON.stringify({ ...rule, protocol: before.protocol }) !== JSON.stringify(before);
}

/**
 * The rules that CloudStack sends with a command.
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
