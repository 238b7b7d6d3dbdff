import type { RuleKey, RuleStatus } from '@limpet/contract';
import { type MemberHealth, type RouterSnapshot, type RuleCounters, ruleId } from '@limpet/router';
import { allInForce } from './status.ts';

/** How the members of one rule are, for scripts. */
export interface RuleMembers extends MemberHealth {
  key: RuleKey;
}

/** What `limpet status -o json` prints, and what an agent answers. */
export interface RouterReport {
  haproxyRuns: boolean;
  /** Whether every rule is. */
  inForce: boolean;
  rules: readonly RuleStatus[];
  counters: readonly RuleCounters[];
  members: readonly RuleMembers[];
}

/** The report on a router that was read from outside. */
export const reportOn = (
  snapshot: RouterSnapshot,
  rules: readonly RuleStatus[],
  counters: readonly RuleCounters[],
): RouterReport => ({
  haproxyRuns: snapshot.observed.processes !== undefined,
  inForce: allInForce(rules),
  rules,
  counters,
  members: membersOf(snapshot),
});

/** How the members of the router's rules are; of none when HAProxy cannot be asked. */
export const membersOf = ({ observed, programmed }: RouterSnapshot): RuleMembers[] =>
  Object.values(programmed).flatMap(({ rule }) => {
    const { ip, port } = rule;
    const health = observed.members.get(ruleId(rule));
    return health ? [{ key: { ip, port }, ...health }] : [];
  });
