import type { RuleKey, RuleRecord, RuleStatus } from '@limpet/contract';
import { type RouterSnapshot, ruleId } from '@limpet/router';

/** A rule of which a line cannot be read: it is refused, and whatever is in force for it stays. */
export interface UnreadableRule {
  key: RuleKey;
  /** Names the line and the remedy. */
  message: string;
}

/** By rule id, the generations that are wanted, and that were verified last. */
interface KnownGenerations {
  wanted: Readonly<Record<string, { generation: number }>>;
  verified: Readonly<Record<string, { generation: number }>>;
}

const reason = 'RuleUnreadable';
const messageOf = ({ message }: UnreadableRule): string => `${message}; what is in force for the rule stays`;

/** The rules that stay as the router was asked for them, because their new version cannot be read. */
export const keptRules = (unreadable: readonly UnreadableRule[], { wanted }: RouterSnapshot): RuleRecord[] =>
  unreadable.flatMap(({ key }) => wanted[ruleId(key)]?.rule ?? []);

/** The refusals of these rules, as a plan shows them. */
export const refusalsOf = (unreadable: readonly UnreadableRule[]) =>
  unreadable.map((rule) => ({ rule: ruleId(rule.key), reason, message: messageOf(rule) }));

/** The statuses with those of the rules that cannot be read in place of what is said of their former versions. */
export function withUnreadable(
  statuses: readonly RuleStatus[],
  unreadable: readonly UnreadableRule[],
  known: KnownGenerations,
  now: number,
): RuleStatus[] {
  const ids = new Set(unreadable.map(({ key }) => ruleId(key)));
  return [
    ...statuses.filter(({ key }) => !ids.has(ruleId(key))),
    ...unreadable.map((rule) => statusOf(rule, known, new Date(now).toISOString())),
  ];
}

function statusOf(rule: UnreadableRule, { verified, wanted }: KnownGenerations, now: string): RuleStatus {
  const generation = wanted[ruleId(rule.key)]?.generation ?? 0;
  const observedGeneration = verified[ruleId(rule.key)]?.generation ?? 0;
  const refused = { status: 'False' as const, reason, message: messageOf(rule) };
  const common = { ...refused, observedGeneration: generation, lastTransitionTime: now };
  return {
    key: rule.key,
    generation,
    observedGeneration,
    conditions: (['Accepted', 'Programmed', 'InForce'] as const).map((type) => ({ type, ...common })),
  };
}
