/**
 * What an event has to come to, whatever the state was: a stop ends in a router that is stopped, and nothing moves that the event
 * does not concern.
 *
 * @module
 */
import type { Answer, Freshness, GroupContext } from '@limpet/model';
import type { TracedChannel } from './content.ts';
import { isLost, lackedBy } from './host-needs.ts';
import {
  type ChannelPredicate,
  carriesTraffic,
  type HappenedEvent,
  has,
  type Property,
  type Side,
} from './property.ts';

type Entry = TracedChannel['entry'];

/** Properties of what steps lead to. */
export const OUTCOMES: readonly Property[] = [
  {
    name: 'events-do-what-they-say',
    sentence:
      'Every event has the outcome that it is named for (who stops a router has one that is stopped), and nothing moves that it does not concern.',
    upstream: [],
    holdsInStep: (before, event, after) =>
      hasOutcome(before, event, after) &&
      (event.to !== 'place' || isNew(after)) &&
      areBoundsAsAsked(before, event, after) &&
      areMembersAsAsked(before, event, after) &&
      isRuleAsAsked(before, event, after) &&
      channelOutcome(before, event, after),
    // A generation that clients meet is one that the router was given; it is in force when they meet the newest.
    // A router that carries no traffic serves nothing, and has to verify again.
    holdsOfChannel: (router, { entry: { value, context } }) =>
      (carriesTraffic(router) || (context.serves === 'absent' && value !== 'inForce')) &&
      (context.serves !== 'current' || context.generation === 'current') &&
      (!isLost({ value, context }) || context.serves === 'absent') &&
      (value !== 'inForce' || context.serves === context.generation),
    holdsInChannelStep: (channel, happened, { entry: after }) => {
      const { entry: before } = channel;
      const { to, event } = happened;
      if (to !== 'entry') return messageOutcome(channel, happened, after);
      const [was, is] = [before.context, after.context];
      const isRemoved = before.value === 'removing';
      switch (event) {
        case 'verify':
          return after.value === 'inForce' && is.serves === is.generation;
        case 'apply':
          return isRemoved
            ? after.value === 'removed' && is.serves === 'absent'
            : after.value === 'programmed' && was.serves === is.serves;
        case 'loseAddress':
          return after.value === 'addressAway' && was.generation === is.generation;
        case 'loseCertificate':
          return after.value === 'certificateGone' && was.generation === is.generation;
        case 'regainAddress':
        case 'regainCertificate':
          return was.serves === is.serves && was.generation === is.generation;
        default:
          return after.value === 'refused' && was.serves === is.serves;
      }
    },
  },
];

/**
 * What a message may do to the router's entry. A command only says what to do: what clients meet stays as it was until
 * that is done, and what the host has taken stays away. An older command is for a router that knows nothing of the rule; all
 * else leaves the entry alone.
 */
function messageOutcome({ entry: before, inFlight }: TracedChannel, { event, message }: HappenedEvent, after: Entry) {
  const [was, is] = [before.context, after.context];
  const isSame = before.value === after.value && was.generation === is.generation && was.serves === is.serves;
  if (event === 'lose' || (message !== 'command' && message !== 'late')) return isSame;
  if (message === 'late')
    return before.value === 'empty' ? after.value === 'applying' && is.generation === 'stale' : isSame;
  if (was.serves !== is.serves || is.generation !== 'current') return false;
  if (inFlight.command === 'remove') return after.value === 'removing' || after.value === 'removed';
  return isLost(before) ? lackedBy(after) === lackedBy(before) : after.value === 'applying' || isSame;
}

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

/** A rule that is new is accepted or rejected by its event alone; a router that is down does not unsay what it answered. */
function isRuleAsAsked({ rule: before }: Side, { to, event }: HappenedEvent, { rule: after, router }: Side): boolean {
  const isDown = to === 'router' && router !== 'running' && router !== 'absent';
  if (isDown && before.context.asked !== after.context.asked) return false;
  const isDecided = before.value === 'staged' && after.value !== 'staged';
  return !isDecided || (to === 'rule' && (event === 'accept' || event === 'reject'));
}

function channelOutcome(before: Side, happened: HappenedEvent, after: Side): ChannelPredicate {
  const isEntryAsAsked = entryOutcome(happened, after);
  const isAnswer = happened.to === 'link' && happened.message === 'answer' && happened.event !== 'lose';
  if (!isAnswer) return isEntryAsAsked;
  return (channels) => isEntryAsAsked(channels) && isBelieved(before, channels.before.inFlight.answer!, after);
}

/** What the router says of the rule's newest generation is taken for true: that it has it, that it refuses it, that it is rid of it. */
function isBelieved({ rule: before }: Side, answer: Answer, { rule: after }: Side): boolean {
  const isConfirmed = answer === 'applied' || answer === 'inForce';
  if (before.value === 'add') {
    if (isConfirmed) return after.value === 'active';
    return answer !== 'refused' || after.context.asked === 'refused';
  }
  return before.value !== 'revoke' || answer !== 'applied' || after.value === 'gone';
}

/**
 * What a step of the management side may do to the router's entry: its generations age, and no more. A router that halts serves
 * nothing and has to verify again, one that is destroyed has no entries.
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

/** Nothing of the group and the rule that had the address and port before is left. */
function isNew({ group, rule, members }: Side): boolean {
  const { size, min, max, capacity, quiet, operating } = group.context;
  const { stickiness, inForce, asked } = rule.context;
  const isUntouched = size === 0 && !quiet && !operating && members.every(({ value }) => value === 'gone');
  // A group that is explored begins with all sizes.
  const isWide = min === 1 && max === capacity;
  const isUnasked = stickiness === 'none' && inForce === 'absent' && asked === 'nothing';
  return isUntouched && isWide && rule.value === 'staged' && isUnasked;
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

/** A scale operation concerns one VM, one that failed before others; an event of a VM this one; a router and a user of the rule move none. */
function areMembersAsAsked(before: Side, { to, event, member }: HappenedEvent, after: Side): boolean {
  const moved = after.members.flatMap(({ value }, i) => (value === before.members[i]!.value ? [] : [i]));
  if (to === 'member') return moved.every((i) => i === member);
  if (to === 'group' && event === 'scaleUp')
    return moved.length === 1 && after.members[moved[0]!]!.value === 'provisioning';
  if (to === 'group' && event === 'scaleDown')
    return moved.length === 1 && (!has(before, 'failed') || before.members[moved[0]!]!.value === 'failed');
  if (to === 'group' && event === 'deleteWithCleanup') return true;
  if (to === 'link')
    return moved.every((i) => before.members[i]!.value === 'joining' && after.members[i]!.value === 'serving');
  return moved.length === 0 || to === 'place';
}
