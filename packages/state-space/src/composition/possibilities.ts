/**
 * What the composition comes to when nobody disturbs it, and what has to stay possible in it.
 *
 * @module
 */
import type { TracedChannel } from './content.ts';
import { isLost } from './host-needs.ts';
import { carriesTraffic, isLive, type Side, saysInForce } from './property.ts';

/**
 * Who may act on the way to what has to stay possible, without a fault: `scaling`, without a user who changes the bounds of the group or
 * destroys its VMs; `router`, the router alone, without another command or message.
 */
export type Actors = 'scaling' | 'router';

/** Something that has to stay possible. */
export interface PossibleState {
  readonly name: string;
  readonly sentence: string;
  readonly by: Actors;
  from(side: Side, channel: TracedChannel): boolean;
  to(side: Side, channel: TracedChannel): boolean;
}

/** What is lost comes back without anybody's doing. */
const REGAINED: PossibleState = {
  name: 'regained-by-itself',
  sentence:
    'A rule that could not be served comes back into force at the generation that the router was given last, without another command.',
  by: 'router',
  from: ({ router }, { entry }) => carriesTraffic(router) && isLost(entry) && entry.context.generation === 'current',
  to: (_, { entry }) => entry.value === 'inForce' && entry.context.serves === 'current',
};

/** What has to stay possible in a group with so many places for members: all its sizes, and the return of its rule. */
export function possibilities(members: number): PossibleState[] {
  const isUsable = ({ group, rule }: Side) => isLive(group.value) && rule.value !== 'gone' && rule.value !== 'revoke';
  const sizes = Array.from({ length: members }, (_, i) => i + 1).map((size) => ({
    name: `size-${size}-is-reachable`,
    sentence: `A group with min <= ${size} <= max can scale to ${size} VM${size > 1 ? 's' : ''}.`,
    by: 'scaling' as const,
    from: (side: Side) => isUsable(side) && side.group.context.min <= size && size <= side.group.context.max,
    to: (side: Side) => side.group.context.size === size,
  }));
  return [...sizes, REGAINED];
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
  const isRuleSettled = rule.value === 'gone' ? channel.entry.context.serves === 'absent' : isServed(side, channel);
  return isGroupSettled && isRuleSettled && members.every(({ value }) => value === 'gone' || value === 'serving');
}

/** The management side says so, and it is: a loss may not have been heard of. */
function isServed(side: Side, { entry }: TracedChannel): boolean {
  return saysInForce(side) && entry.context.serves === 'current';
}
