/**
 * What the composition comes to when nobody disturbs it, and what has to stay possible in it.
 *
 * @module
 */
import type { TracedChannel } from './content.ts';
import { isLive, type Side, saysInForce } from './property.ts';

/** Something that a group can come to by scaling, without a user who changes its bounds or destroys its VMs, and without a fault. */
export interface PossibleState {
  readonly name: string;
  readonly sentence: string;
  from(side: Side): boolean;
  to(side: Side): boolean;
}

/** The sizes of a group with so many places for members. */
export function possibilities(members: number): PossibleState[] {
  const isUsable = ({ group, rule }: Side) => isLive(group.value) && rule.value !== 'gone' && rule.value !== 'revoke';
  return Array.from({ length: members }, (_, i) => i + 1).map((size) => ({
    name: `size-${size}-is-reachable`,
    sentence: `A group with min <= ${size} <= max can scale to ${size} VM${size > 1 ? 's' : ''}.`,
    from: (side: Side) => isUsable(side) && side.group.context.min <= size && size <= side.group.context.max,
    to: (side: Side) => side.group.context.size === size,
  }));
}

/** Everything that was asked for is in force, and every group has the VMs that it needs. */
export function isSettled(side: Side, channel: TracedChannel): boolean {
  const { router, group, rule, members } = side;
  if (router !== 'running') return false;
  const { size, min } = group.context;
  const isGroupSettled =
    group.value === 'removed' ||
    group.value === 'disabled' ||
    (group.value === 'enabled' && size >= min) ||
    // Its rule was rejected: it can only be deleted.
    (group.value === 'new' && rule.value === 'gone');
  const isRuleSettled = rule.value === 'gone' ? channel.entry.context.serves === 'absent' : saysInForce(side);
  return isGroupSettled && isRuleSettled && members.every(({ value }) => value === 'gone' || value === 'serving');
}
