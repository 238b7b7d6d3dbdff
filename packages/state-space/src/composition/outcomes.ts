/**
 * What an event has to come to, whatever the state was: a stop ends in a router that is stopped, and nothing moves that the event
 * does not concern.
 *
 * @module
 */
import type { Freshness, GroupContext } from '@limpet/model';
import {
  type ChannelPredicate,
  carriesTraffic,
  type HappenedEvent,
  isLost,
  type Property,
  type Side,
} from './property.ts';

/** Properties of what steps lead to. */
export const OUTCOMES: readonly Property[] = [
  {
    name: 'events-do-what-they-say',
    sentence:
      'Every event has the outcome that it is named for (who stops a router has one that is stopped), and nothing moves that it does not concern.',
    upstream: [],
    holdsInStep: (before, event, after) =>
      hasOutcome(before, event, after) &&
      areBoundsAsAsked(before, event, after) &&
      areMembersAsAsked(before, event, after) &&
      entryOutcome(event, after),
    // A generation that clients meet is one that the router was given; it is in force when they meet the newest.
    holdsOfChannel: (_, { entry: { value, context } }) =>
      (context.serves !== 'current' || context.generation === 'current') &&
      (!isLost({ value, context }) || context.serves === 'absent') &&
      (value !== 'inForce' || context.serves === context.generation),
    holdsInChannelStep: ({ entry: before }, { to, event }, { entry: after }) => {
      if (to !== 'entry') return true;
      const [was, is] = [before.context, after.context];
      const isRemoved = before.value === 'removing';
      switch (event) {
        case 'verify':
          return after.value === 'inForce' && is.serves === is.generation;
        case 'apply':
          return isRemoved
            ? after.value === 'removed' && is.serves === 'absent'
            : after.value === 'programmed' && was.serves === is.serves;
        case 'lose':
          return after.value === 'lost' && was.generation === is.generation;
        case 'regain':
          return was.serves === is.serves && was.generation === is.generation;
        default:
          return after.value === 'refused' && was.serves === is.serves;
      }
    },
  },
];

/** States after an event of the outside; an event of a machine that is not here may leave it where it was. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  'router deploy': ['starting'],
  'router start': ['starting'],
  'router reboot': ['starting'],
  'router started': ['running'],
  'router recovered': ['running'],
  'router startFailed': ['stopped'],
  'router stop': ['stopped'],
  'router lost': ['unreachable'],
  'router destroy': ['absent'],
  'group configured': ['enabled'],
  'group configureFailed': ['removed'],
  'group scaleUp': ['scaling'],
  'group scaleDown': ['scaling', 'enabled'],
  'group enable': ['enabled', 'scaling'],
  'group disable': ['disabled'],
  'group delete': ['removed', 'revoke'],
  'group deleteWithCleanup': ['removed', 'revoke'],
  'rule accept': ['add'],
  'rule reject': ['gone'],
  'rule update': ['add'],
  'rule delete': ['revoke', 'gone'],
  'member started': ['joining'],
  'member startFailed': ['failed'],
  'member fail': ['failed'],
  'member drained': ['gone'],
  'member destroy': ['gone'],
  'place create': ['new'],
};

function hasOutcome(before: Side, { to, event, member }: HappenedEvent, after: Side): boolean {
  if (to !== 'router' && before.router !== after.router) return false;
  const states = { router: after.router, rule: after.rule.value, member: after.members[member ?? 0]?.value };
  const value =
    to === 'group' || to === 'place'
      ? after.group.value
      : to === 'rule' || to === 'member' || to === 'router'
        ? states[to]
        : undefined;
  const expected = AFTER[`${to} ${event}`];
  return expected === undefined || value === undefined || expected.includes(value);
}

/**
 * What a step of the management side may do to the router's entry: its generations age, and no more. A router that halts serves
 * nothing and has to verify again (that it halts, in-force-needs-router says), one that is destroyed has no entries.
 */
function entryOutcome({ to }: HappenedEvent, after: Side): ChannelPredicate {
  const isRouter = to === 'router';
  if (isRouter && after.router === 'absent') return (channels) => channels.after.entry.value === 'empty';
  const isHalted = isRouter && !carriesTraffic(after.router);
  return (channels) => {
    const [was, is] = [channels.before.entry, channels.after.entry];
    const isUnverified =
      isHalted && was.value === 'inForce' && is.value === 'programmed' && is.context.serves === 'absent';
    if (isUnverified) return is.context.generation === was.context.generation;
    const mayAge = (one: Freshness, other: Freshness): boolean =>
      one === other || (!isRouter && one === 'current' && other === 'stale');
    return (
      is.value === was.value &&
      mayAge(was.context.generation, is.context.generation) &&
      (mayAge(was.context.serves, is.context.serves) || (isHalted && is.context.serves === 'absent'))
    );
  };
}

/** How an event of a user changes the bounds; no other event does. */
const STEP_OF: Readonly<Record<string, Partial<GroupContext>>> = {
  raiseMin: { min: 1 },
  lowerMin: { min: -1 },
  raiseMax: { max: 1 },
  lowerMax: { max: -1 },
};

function areBoundsAsAsked({ group: before }: Side, { to, event }: HappenedEvent, { group: after }: Side): boolean {
  if (to === 'place') return true;
  const { min = 0, max = 0 } = (to === 'group' && STEP_OF[event]) || {};
  const [was, is] = [before.context, after.context];
  return is.min === was.min + min && is.max === was.max + max && is.capacity === was.capacity;
}

/** A scale operation concerns one VM, an event of a VM this one; a router and a user of the rule move none. */
function areMembersAsAsked(before: Side, { to, event, member }: HappenedEvent, after: Side): boolean {
  const moved = after.members.flatMap(({ value }, i) => (value === before.members[i]!.value ? [] : [i]));
  if (to === 'member') return moved.every((i) => i === member);
  if (to === 'group' && event === 'scaleUp')
    return moved.length === 1 && after.members[moved[0]!]!.value === 'provisioning';
  if (to === 'group' && event === 'scaleDown') return moved.length === 1;
  if (to === 'group' && event === 'deleteWithCleanup') return true;
  if (to === 'link')
    return moved.every((i) => before.members[i]!.value === 'joining' && after.members[i]!.value === 'serving');
  return moved.length === 0 || to === 'place';
}
