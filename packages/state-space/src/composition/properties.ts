/**
 * What must hold of the composition: in every state, and in every step. Each is evaluated on the statecharts' own states and on
 * what the copies of a rule hold; only members that are alike are taken for each other.
 *
 * @module
 */

import { isLost } from './host-needs.ts';
import { MESSAGES } from './messages.ts';
import { OUTCOMES } from './outcomes.ts';
import { carriesTraffic, has, isLive, isScaling, type Property, present, saysInForce } from './property.ts';
import { RIGHTS } from './rights.ts';

/** All properties that the exploration of the composition evaluates. */
export const PROPERTIES: readonly Property[] = [
  {
    name: 'B1 in-force-is-true',
    sentence: 'A rule that is said to be in force is served as last asked, its stickiness included.',
    upstream: ['apache/cloudstack#9583', 'apache/cloudstack#9587', 'apache/cloudstack#9822'],
    holds: (side, channel) =>
      !saysInForce(side) ||
      // That what cannot be served is not said to be in force, `lost-is-told` says.
      isLost(channel.entry) ||
      channel.unheard ||
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
    holdsOfSide: (side) => side.group.value !== 'scaling' || isScaling(side),
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
    holdsOfSide: ({ group, allowed }) =>
      !isLive(group.value) || allowed.has('group delete') || allowed.has('group deleteWithCleanup'),
  },
  {
    name: 'B8 no-vm-without-group',
    sentence: 'A group that is removed has no VM, and none is created for one that is being deleted.',
    upstream: ['apache/cloudstack#13808', 'apache/cloudstack#13785'],
    holdsOfSide: (side) => (side.group.value !== 'removed' && side.group.value !== 'revoke') || present(side) === 0,
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
    sentence:
      'A rule is Active only when the router took its latest generation and did not refuse it: then no answer is waited for.',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl'],
    holdsOfSide: ({ rule }) => rule.value !== 'active' || rule.context.asked !== 'waiting',
    holds: ({ rule }, { entry }) =>
      rule.value !== 'active' || (entry.context.generation === 'current' && entry.value !== 'refused'),
  },
  {
    name: 'lost-is-told',
    sentence:
      'A rule that was in force and cannot be served any more (its address has moved, its certificate is gone) is Active, and said to be in force, only until word of it arrives.',
    upstream: [],
    holds: ({ rule }, channel) => rule.value !== 'active' || !isLost(channel.entry) || channel.unheard,
  },
  {
    name: 'in-force-needs-router',
    sentence: 'Nothing of a rule is said to be in force while its router does not carry traffic.',
    upstream: [],
    holdsOfSide: ({ router, rule }) =>
      carriesTraffic(router) || rule.value === 'gone' || rule.context.inForce === 'absent',
  },
  {
    name: 'size-is-counted',
    sentence: 'The size of a group is the number of its VMs, those that failed included.',
    upstream: ['apache/cloudstack#9318'],
    holdsOfSide: (side) => side.group.context.size === present(side),
  },
  {
    name: 'bounds-are-sound',
    sentence: 'The bounds of a group keep 1 <= min <= max <= capacity.',
    upstream: [],
    holdsOfSide: ({
      group: {
        context: { min, max, capacity },
      },
    }) => 1 <= min && min <= max && max <= capacity,
  },
  {
    name: 'quiet-is-kept',
    sentence:
      'After a scale operation that ends while it is enabled or changed bounds, and after nothing else, a group is quiet until that time is over: it then scales only when it has fewer VMs than min or more than max, and then it does.',
    upstream: [],
    holdsOfSide: (side) => {
      const { group, allowed } = side;
      const { size, min, max, quiet } = group.context;
      if (group.value !== 'enabled' || !quiet || isScaling(side)) return true;
      return (size >= min || allowed.has('group scaleUp')) && (size <= max || allowed.has('group scaleDown'));
    },
    holdsInStep: ({ group: { value, context } }, { to, event }, { group: after }) => {
      const isOver = (to === 'group' && event === 'quietOver') || to === 'place';
      if (context.quiet && !after.context.quiet) return isOver;
      if (to === 'group' && event === 'quietOver') return !after.context.quiet;
      // A VM that failed is given up in one step.
      const isGivenUp = to === 'group' && event === 'scaleDown' && !after.context.operating;
      const hasScaled = (value === 'scaling' || isGivenUp) && after.value === 'enabled';
      const areOthers = context.min !== after.context.min || context.max !== after.context.max;
      if ((hasScaled || (areOthers && to !== 'place')) && !after.context.quiet) return false;
      if (!context.quiet && after.context.quiet && !hasScaled && !areOthers) return false;
      if (to !== 'group' || !context.quiet) return true;
      return event === 'scaleUp' ? context.size < context.min : event !== 'scaleDown' || context.size > context.max;
    },
  },
  {
    name: 'one-operation',
    sentence:
      'A group has one scale operation at a time, from its begin to its end: as long as a VM starts, joins or drains, the group is Scaling or was disabled meanwhile, and no other operation begins.',
    upstream: ['CloudStack 4.19.1 AutoScaleManagerImpl: scale operations outside of the job queue of the network'],
    holdsOfSide: (side) => {
      const { value, context } = side.group;
      const isKnown = value === 'enabled' || value === 'disabled' || value === 'scaling';
      if (isKnown && context.operating !== isScaling(side)) return false;
      return value === 'scaling' ? context.operating : value !== 'enabled' || !context.operating;
    },
    holdsInStep: (before, { to, event }) =>
      to !== 'group' || (event !== 'scaleUp' && event !== 'scaleDown') || !isScaling(before),
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
    holdsOfSide: ({ group: { value }, allowed }) =>
      value === 'disabled'
        ? allowed.has('group enable')
        : (value !== 'enabled' && value !== 'scaling') || allowed.has('group disable'),
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
    sentence: 'A rule that was accepted goes only when a user deletes it, and not while its group is there.',
    upstream: [],
    holdsInStep: (before, { to, event }, { rule: after }) => {
      if (before.rule.value !== 'add' && before.rule.value !== 'active') return true;
      const isDeleted = to === 'rule' && event === 'delete';
      return isDeleted ? before.group.value === 'removed' : after.value !== 'revoke' && after.value !== 'gone';
    },
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
    holdsInStep: (before, { to, event, member }, after) => {
      if (to === 'group' && event === 'scaleDown')
        return before.members.every(
          ({ value }, i) => (value !== 'serving' && value !== 'joining') || after.members[i]!.value !== 'gone',
        );
      if (to !== 'member' || event !== 'drained' || after.members[member!]?.value !== 'gone') return true;
      if (!carriesTraffic(before.router)) return true;
      return saysInForce(before) && ((channels) => channels.before.loaded === 'fresh');
    },
  },
  {
    name: 'verified-before-serving',
    sentence: 'A VM counts as serving only when the rule is in force with it.',
    upstream: [],
    holdsInStep: (before, _, after) => {
      const isNew = after.members.some(({ value }, i) => value === 'serving' && before.members[i]!.value !== 'serving');
      if (!isNew) return true;
      return saysInForce(after) && ((channels) => channels.after.loaded === 'fresh');
    },
  },
  ...RIGHTS,
  ...OUTCOMES,
  ...MESSAGES,
];

/** The bit of a step that changed the stickiness though no user asked for it: what is stored is not what users asked for. */
export const CHOICE_LOST = 1 << PROPERTIES.findIndex(({ name }) => name === 'users-choose-stickiness');
