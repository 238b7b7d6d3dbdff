import type { RuleKey } from '@limpet/contract';
import { type MemberHealth, type RouterSnapshot, ruleId } from '@limpet/router';
import { table } from '../output/format.ts';

/** How the members of one rule are, for scripts. */
export interface RuleMembers extends MemberHealth {
  key: RuleKey;
}

/** How the members of the router's rules are; of none when HAProxy cannot be asked. */
export const membersOf = ({ observed, programmed }: RouterSnapshot): RuleMembers[] =>
  Object.values(programmed).flatMap(({ rule }) => {
    const { ip, port } = rule;
    const health = observed.members.get(ruleId(rule));
    return health ? [{ key: { ip, port }, ...health }] : [];
  });

/** The members for people: a row for each rule, and a line for each member that is down, with its check's answer. */
export function showMembers(rules: readonly RuleMembers[]): string {
  if (rules.length === 0) return '';
  const rows = rules.map(({ key, up, down, draining, maintenance }) => [
    ruleId(key),
    ...[up, down, draining, maintenance].map(({ length }) => length),
  ]);
  const lines = rules.flatMap(({ key, down }) =>
    down.map(({ vm, answer }) => `${ruleId(key)}: ${vm} is down: ${answer ?? 'its check says no more'}\n`),
  );
  return ['\n', table(['rule', 'members up', 'down', 'draining', 'maintenance'], rows), ...lines].join('');
}
