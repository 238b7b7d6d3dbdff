import type { GroupContext, GroupEvent } from '../statecharts/group.machine.ts';
import type { MemberEvent } from '../statecharts/member.machine.ts';
import type { RouterEvent } from '../statecharts/router.machine.ts';
import type { RuleContext, RuleEvent } from '../statecharts/rule.machine.ts';
import type { Local } from '../statecharts/table.ts';

/** One group, its rule and its members. */
export interface GroupState {
  readonly group: Local<GroupContext>;
  readonly rule: Local<RuleContext>;
  readonly members: readonly Local<unknown>[];
}

/** All that the management side knows. Plain JSON. */
export interface ManagementState {
  readonly router: Local<unknown>;
  readonly groups: readonly GroupState[];
}

/** An event for one of the management side's machines. */
export type ManagementEvent =
  | { to: 'group'; group: number; event: GroupEvent['type'] }
  | { to: 'rule'; group: number; event: RuleEvent['type'] }
  | { to: 'member'; group: number; member: number; event: MemberEvent['type'] }
  | { to: 'router'; event: RouterEvent['type'] }
  /** A user creates a group and its rule with the address and port of those that are gone. */
  | { to: 'place'; group: number; event: 'create' };

/** @throws RangeError when there is no such group */
export function groupAt(groups: readonly GroupState[], index: number): GroupState {
  const group = groups[index];
  if (group === undefined) throw new RangeError(`no group ${index}`);
  return group;
}

/** @throws RangeError when there is no such member */
export function memberAt(group: GroupState, index: number): Local<unknown> {
  const member = group.members[index];
  if (member === undefined) throw new RangeError(`no member ${index}`);
  return member;
}
