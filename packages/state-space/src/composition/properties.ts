/**
 * What must hold of the composition: in every state, and in every step. Each is evaluated on the statecharts' own states and on
 * what the copies of a rule hold; only members that are alike are taken for each other.
 *
 * @module
 */
import type { GroupState } from '@limpet/model';
import type { TracedChannel } from './content.ts';

/** The management side of one group: the group, its rule and its members, and the state of the router. */
export interface Side extends GroupState {
  readonly router: string;
  /** What a user may ask of the group now: events of its machine that are not refused. */
  readonly allowed: ReadonlySet<string>;
}

/** An event of the composition, as a property reads it. */
export interface HappenedEvent {
  readonly to: 'router' | 'place' | 'group' | 'rule' | 'member' | 'entry' | 'link';
  readonly event: string;
  readonly member?: number;
}

/** The channel before and after a step. */
export interface Channels {
  readonly before: TracedChannel;
  readonly after: TracedChannel;
}

/** A property of every reachable state (`holds`), or of every step (`holdsInStep`). */
export interface Property {
  readonly name: string;
  readonly sentence: string;
  /** Bugs of real systems that it forbids. */
  readonly upstream: readonly string[];
  holds?(side: Side, channel: TracedChannel): boolean;
  /** Asked of steps that the management side takes part in. */
  holdsInStep?(before: Side, event: HappenedEvent, after: Side, channels: Channels): boolean;
}

/** All properties that the exploration of the composition evaluates. */
export const PROPERTIES: readonly Property[] = [
  {
    name: 'B1 in-force-is-true',
    sentence: 'A rule that is said to be in force is served as last asked, its stickiness included.',
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9587', 'apache/cloudstack#9822'],
    holds: (side, channel) =>
      !saysInForce(side) ||
      (channel.entry.context.serves === 'current' && channel.loaded !== 'none' && channel.loaded !== 'stickiness'),
  },
  {
    name: 'B4 members-are-backends',
    sentence:
      'A rule that is in force has the members of its group: every running VM, and none that is dead, drained or destroyed.',
    upstream: ['apache/cloudstack#9145'],
    holds: (side, channel) => !saysInForce(side) || (channel.loaded !== 'members' && !has(side, 'joining')),
  },
  {
    name: 'B5 scaling-ends',
    sentence: 'A group that scales has a VM that starts, joins or drains: it cannot wait for ever.',
    upstream: ['apache/cloudstack#9336'],
    holds: (side) =>
      side.group.value !== 'scaling' || ['provisioning', 'joining', 'draining'].some((state) => has(side, state)),
  },
  {
    name: 'B6 scaling-keeps-bounds',
    sentence: 'Scaling by itself never takes a group above its max or below its min, counting every VM that is there.',
    upstream: ['apache/cloudstack#9318', 'apache/cloudstack#9503', 'apache/cloudstack#14185'],
    holdsInStep: (before, { to, event }) => {
      if (to !== 'group') return true;
      const { min, max } = before.group.context;
      if (event === 'scaleUp') return present(before) < max;
      return event !== 'scaleDown' || present(before) > min;
    },
  },
  {
    name: 'B7 delete-without-router',
    sentence: 'A group can be deleted in every state, whatever the state of its router.',
    upstream: ['apache/cloudstack#9503'],
    holds: ({ group, allowed }) => !isLive(group.value) || allowed.has('delete') || allowed.has('deleteWithCleanup'),
  },
  {
    name: 'B8 no-vm-without-group',
    sentence: 'A group that is removed has no VM, and none is created for one that is being deleted.',
    upstream: ['apache/cloudstack#13808', 'apache/cloudstack#13785'],
    holds: (side) => (side.group.value !== 'removed' && side.group.value !== 'revoke') || present(side) === 0,
  },
  {
    name: 'B9 all-rules-configured',
    sentence: 'A running router has every rule that it confirmed, whatever triggered the last change.',
    upstream: ['apache/cloudstack#8745', 'apache/cloudstack#8881', 'apache/cloudstack#5553', 'apache/cloudstack#5580'],
    holds: ({ rule }, channel) => rule.value !== 'active' || channel.entry.value !== 'empty',
  },
  {
    name: 'B16 attributes-are-applied',
    sentence:
      'A rule that is in force has its latest algorithm, protocol and networks: they are attributes like any other.',
    upstream: ['apache/cloudstack-kubernetes-provider#2'],
    holds: (side, channel) => !saysInForce(side) || channel.loaded !== 'attributes',
  },
  {
    name: 'B21 removed-without-trace',
    sentence: 'A rule that is gone is served no more, and nothing that comes late brings it back.',
    upstream: ['apache/cloudstack#13742'],
    holds: ({ rule }, { entry }) =>
      rule.value !== 'gone' ||
      (entry.context.serves === 'absent' && (entry.value === 'empty' || entry.value === 'removed')),
  },
  {
    name: 'B26 reported-is-stored',
    sentence: 'A rule is Active only when the router took its latest generation and did not refuse it.',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl'],
    holds: ({ rule }, { entry }) =>
      rule.value !== 'active' || (entry.context.generation === 'current' && entry.value !== 'refused'),
  },
  {
    name: 'in-force-needs-router',
    sentence: 'No rule is said to be in force while its router does not carry traffic.',
    upstream: [],
    holds: (side) => !saysInForce(side) || carriesTraffic(side.router),
  },
  {
    name: 'size-is-counted',
    sentence: 'The size of a group is the number of its VMs, those that failed included.',
    upstream: ['apache/cloudstack#9318'],
    holds: (side) => side.group.value === 'removed' || side.group.context.size === present(side),
  },
  {
    name: 'bounds-are-sound',
    sentence: 'The bounds of a group keep 1 <= min <= max <= capacity.',
    upstream: [],
    holds: ({
      group: {
        context: { min, max, capacity },
      },
    }) => 1 <= min && min <= max && max <= capacity,
  },
  {
    name: 'quiet-is-kept',
    sentence: 'In its quiet time a group scales only when it has fewer VMs than min or more than max.',
    upstream: [],
    holdsInStep: ({ group: { context } }, { to, event }) =>
      to !== 'group' ||
      !context.quiet ||
      (event === 'scaleUp' ? context.size < context.min : event !== 'scaleDown' || context.size > context.max),
  },
  {
    name: 'one-operation',
    sentence: 'A group has one scale operation at a time: no VM starts, joins or drains when another begins.',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: scale operations outside of the job queue of the network'],
    holdsInStep: (before, { to, event }) =>
      to !== 'group' ||
      (event !== 'scaleUp' && event !== 'scaleDown') ||
      !['provisioning', 'joining', 'draining'].some((state) => has(before, state)),
  },
  {
    name: 'users-enable-and-disable',
    sentence: 'Only a user enables and disables a group.',
    upstream: [],
    holdsInStep: (before, { to, event }, after) => {
      const [was, is] = [before.group.value === 'disabled', after.group.value === 'disabled'];
      if (!was && is) return to === 'group' && event === 'disable';
      return (
        !was || is || (to === 'group' && (event === 'enable' || event === 'delete' || event === 'deleteWithCleanup'))
      );
    },
  },
  {
    name: 'always-disabled-and-enabled',
    sentence: 'A group that is enabled can be disabled at any time, and one that is disabled can be enabled.',
    upstream: ['apache/cloudstack#9503'],
    holds: ({ group: { value }, allowed }) =>
      value === 'disabled'
        ? allowed.has('enable')
        : (value !== 'enabled' && value !== 'scaling') || allowed.has('disable'),
    holdsInStep: (_, { to, event }, after) =>
      to !== 'group' ||
      (event === 'disable' ? after.group.value === 'disabled' : event !== 'enable' || after.group.value !== 'disabled'),
  },
  {
    name: 'users-choose-stickiness',
    sentence: 'Only a user changes the stickiness of a rule: a refusal leaves what was asked for as it was.',
    upstream: ['CloudStack 4.19.1 LoadBalancingRulesManagerImpl.applyLBStickinessPolicy'],
    holdsInStep: (before, { to, event }, after) =>
      before.rule.context.stickiness === after.rule.context.stickiness ||
      // A new rule has none, whatever the one before it had.
      to === 'place' ||
      (to === 'rule' && event === (after.rule.context.stickiness === 'source' ? 'setSourceBased' : 'setNone')),
  },
  {
    name: 'choice-is-kept',
    sentence: 'The stickiness that a user chooses is stored, whatever the state of the group.',
    upstream: ['apache/cloudstack#9583'],
    holdsInStep: (_, { to, event }, after) =>
      to !== 'rule' ||
      (event !== 'setSourceBased' && event !== 'setNone') ||
      after.rule.context.stickiness === (event === 'setSourceBased' ? 'source' : 'none'),
  },
  {
    name: 'rule-outlives-group',
    sentence: 'A rule is not deleted while its group is there.',
    upstream: [],
    holdsInStep: (before, { to, event }) =>
      to !== 'rule' || event !== 'delete' || before.group.value === 'removed' || before.rule.value === 'revoke',
  },
  {
    name: 'vms-of-enabled-groups-are-safe',
    sentence: 'No user destroys a healthy VM of a group that is not Disabled.',
    upstream: [],
    holdsInStep: (before, { to, event, member }) =>
      to !== 'member' ||
      event !== 'destroy' ||
      before.group.value === 'disabled' ||
      before.members[member!]?.value === 'failed',
  },
  {
    name: 'drained-before-removed',
    sentence:
      'A serving VM that its group gives up is drained first, and goes only when the router has verified that it takes no new clients.',
    upstream: [],
    holdsInStep: (before, { to, event, member }, after, channels) => {
      if (to === 'group' && event === 'scaleDown')
        return before.members.every(
          ({ value }, i) => (value !== 'serving' && value !== 'joining') || after.members[i]!.value !== 'gone',
        );
      if (to !== 'member' || event !== 'drained' || after.members[member!]?.value !== 'gone') return true;
      return !carriesTraffic(before.router) || (saysInForce(before) && channels.before.loaded === 'fresh');
    },
  },
  {
    name: 'verified-before-serving',
    sentence: 'A VM counts as serving only when the rule is in force with it.',
    upstream: [],
    holdsInStep: (before, _, after, channels) =>
      after.members.every(
        ({ value }, i) =>
          value !== 'serving' ||
          before.members[i]!.value === 'serving' ||
          (saysInForce(after) && channels.after.loaded === 'fresh'),
      ),
  },
];

/** The properties that do not hold in this state, as bits by their place in `PROPERTIES`. */
export function violatedInState(side: Side, channel: TracedChannel): number {
  let violated = 0;
  for (const { bit, holds } of IN_STATE) if (!holds(side, channel)) violated |= 1 << bit;
  return violated;
}

/** The properties that this step of the management side breaks, as bits. */
export function violatedInStep(before: Side, event: HappenedEvent, after: Side, channels: Channels): number {
  let violated = 0;
  for (const { bit, holdsInStep } of IN_STEP) if (!holdsInStep(before, event, after, channels)) violated |= 1 << bit;
  return violated;
}

const IN_STATE = PROPERTIES.flatMap(({ holds }, bit) => (holds ? [{ bit, holds }] : []));
const IN_STEP = PROPERTIES.flatMap(({ holdsInStep }, bit) => (holdsInStep ? [{ bit, holdsInStep }] : []));

/** Something that stays possible, whatever happened before, without any fault. */
export interface PossibleState {
  readonly name: string;
  readonly sentence: string;
  from(side: Side): boolean;
  to(side: Side, channel: TracedChannel): boolean;
  /** Whether the group has to come there by scaling, without a user who changes its bounds or destroys its VMs. */
  readonly scalingOnly: boolean;
}

/** All that has to stay possible in a group with so many places for members. */
export function possibilities(members: number): PossibleState[] {
  const isUsable = ({ group, rule }: Side) => isLive(group.value) && rule.value !== 'gone' && rule.value !== 'revoke';
  return [
    {
      name: 'back-to-in-force',
      sentence: 'From every state of a group and its rule there is a way to all in force.',
      from: isUsable,
      to: (side, channel) => saysInForce(side) && isSettled(side, channel),
      scalingOnly: false,
    },
    ...Array.from({ length: members }, (_, i) => i + 1).map((size) => ({
      name: `size-${size}-is-reachable`,
      sentence: `A group with min <= ${size} <= max can scale to ${size} VM${size > 1 ? 's' : ''}.`,
      from: (side: Side) => isUsable(side) && side.group.context.min <= size && size <= side.group.context.max,
      to: (side: Side) => side.group.context.size === size,
      scalingOnly: true,
    })),
  ];
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

/** The group is there, and is not being deleted. */
function isLive(group: string): boolean {
  return group !== 'removed' && group !== 'revoke';
}

function saysInForce({ rule }: GroupState): boolean {
  return rule.value === 'active' && rule.context.inForce === 'current';
}

function carriesTraffic(router: string): boolean {
  return router === 'running' || router === 'unreachable';
}

function has({ members }: GroupState, state: string): boolean {
  return members.some(({ value }) => value === state);
}

function present({ members }: GroupState): number {
  return members.filter(({ value }) => value !== 'gone').length;
}
