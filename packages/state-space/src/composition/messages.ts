/**
 * What is said between the management side and the router: what changes is sent at once, what comes back is told or asked, answers
 * are true, and the link has no mercy that a real one would not have.
 *
 * @module
 */
import type { GroupState } from '@limpet/model';
import type { TracedChannel } from './content.ts';
import { isLost } from './host-needs.ts';
import { type ChannelPredicate, carriesTraffic, type HappenedEvent, type Property, type Side } from './property.ts';

/** Properties of commands, answers and the link. */
export const MESSAGES: readonly Property[] = [
  {
    name: 'changed-is-sent',
    sentence:
      'What changes of an accepted rule is sent at once to a router that runs, whatever the state of the group; only a change makes a new generation, and a rule that is removed is in force as of an older one.',
    upstream: ['apache/cloudstack#9583'],
    holdsInStep: (before, event, after) => {
      const isRemoved = before.rule.value !== 'revoke' && after.rule.value === 'revoke';
      const isChanged = isRemoved || event.to === 'place' || isUpdate(event) || contentOf(before) !== contentOf(after);
      if (!isChanged) return isSameGeneration;
      if (isRemoved && after.rule.context.inForce === 'current') return false;
      if (after.router !== 'running') return true;
      if (!isRemoved && !(isAccepted(after) && isAccepted(before))) return true;
      return isWaiting(after) && (isRemoved ? isRemovalSent : isFreshPutSent);
    },
  },
  {
    name: 'sent-again-when-needed',
    sentence:
      'A router that has started is sent every rule, one that is back in reach is asked for them; a time-out, a retry, an answer that is out of date, and a user who enables or disables the group have the rule sent again, and it waits for the answer. A time-out ends only for who waits for a router that runs, and a retry is of what was refused.',
    upstream: ['apache/cloudstack#8745', 'apache/cloudstack#9583'],
    // An answer may be later than the link of the model has it: it keeps the newest one.
    holdsOfSide: (side) => {
      const { rule, effects } = side.onOutdated;
      // The router has lost what it had taken, so that the rule is Active no more, nor in force.
      if (side.rule.value === 'active' && (rule.value === 'active' || rule.context.inForce === 'current')) return false;
      if (!isWaitedFor(side)) return false;
      if (side.router !== 'running') return true;
      const isAwaited = rule.context.asked === 'waiting';
      if (side.rule.value === 'revoke') return isAwaited && effects.includes('removeRule');
      return !isAccepted(side) || (isAwaited && effects.includes('putRule'));
    },
    holdsInStep: (before, event, after) => {
      if (after.router !== 'running') return true;
      if (event.to === 'router' && event.event === 'recovered') return isReportSent;
      const isAnswer = event.to === 'link' && event.message === 'answer' && event.event !== 'lose';
      if (!isAnswer && !isSentAgainBy(event, before, after)) return true;
      const isSent = after.rule.value === 'revoke' ? isRemovalSent : isAccepted(after) ? isPutSent : undefined;
      if (isSent === undefined) return true;
      if (event.to !== 'router' && !isWaiting(after))
        return isAnswer && ((channels) => channels.before.inFlight.answer !== 'outdated');
      return isAnswer ? (channels) => channels.before.inFlight.answer !== 'outdated' || isSent(channels) : isSent;
    },
  },
  {
    name: 'answers-are-true',
    sentence: 'A router answers every command and question that needs no work of it, and says what is so.',
    upstream: [],
    holdsInChannelStep: (before, event, after) => {
      const { answer } = after.inFlight;
      if (answer !== undefined && answer !== before.inFlight.answer && !isTrue(answer, after)) return false;
      return !isAnswered(event, after) || (answer !== undefined && isTrue(answer, after));
    },
  },
  {
    name: 'link-keeps-messages',
    sentence:
      'A message stays in flight until it arrives, is lost, or the router ends, and what was in flight with it: what is overtaken by a newer generation is late, not gone. Nothing is sent to a router that does not run.',
    upstream: [],
    holdsOfChannel: (router, { inFlight }) => carriesTraffic(router) || Object.keys(inFlight).length === 0,
    holdsInStep: (_, event, after) => {
      // Then the link is empty.
      if (!carriesTraffic(after.router)) return true;
      const isReached = after.router === 'running';
      const isTaken = (message: string): boolean => event.to === 'link' && event.message === message;
      const [isLateTaken, isReportTaken] = [isTaken('late'), isTaken('report')];
      const mayOvertake = !isTaken('command') && after.rule.value !== 'add';
      return ({ before: { inFlight: was }, after: { inFlight: is } }) => {
        const isLateKept = was.late === undefined || isLateTaken || is.late !== undefined;
        const isReportKept = was.report === undefined || isReportTaken || is.report !== undefined;
        const isOvertaken = mayOvertake && was.command === 'put';
        // What is late was a command before, or is one that two VMs sent at once.
        const isLateNew = is.late !== undefined && was.late === undefined;
        if (isLateNew && was.command !== 'put' && is.command !== 'put') return false;
        const isNothingSent =
          [was.command, undefined].includes(is.command) && [was.report, undefined].includes(is.report);
        if (!isReached && !isNothingSent) return false;
        return isLateKept && isReportKept && (!isOvertaken || is.command !== undefined || is.late !== undefined);
      };
    },
    holdsInChannelStep: ({ inFlight: was }, { to, event, message }, { inFlight: is }) => {
      if (to !== 'link') return true;
      const others = (['command', 'late', 'report'] as const).filter((kind) => kind !== message);
      const isStill = message !== undefined && is[message] === was[message];
      return others.every((kind) => was[kind] === is[kind]) && isStill === (event === 'duplicate');
    },
  },
];

const isSameGeneration: ChannelPredicate = ({ before, after }) =>
  before.entry.context.generation !== 'current' || after.entry.context.generation !== 'stale';
const isRemovalSent: ChannelPredicate = ({ after }) => after.inFlight.command === 'remove';
const isPutSent: ChannelPredicate = ({ after }) => after.inFlight.command === 'put';
const isFreshPutSent: ChannelPredicate = ({ after }) => after.inFlight.command === 'put' && after.command === 'fresh';
const isReportSent: ChannelPredicate = ({ after }) => after.inFlight.report === 'report';

function isAccepted({ rule }: GroupState): boolean {
  return rule.value === 'add' || rule.value === 'active';
}

/** A rule that the router has confirmed is only asked for what it has. */
function isWaiting({ rule }: GroupState): boolean {
  return rule.value === 'active' || rule.context.asked === 'waiting';
}

/** What may be sent again by itself, is waited for or was refused. */
function isWaitedFor({ router, rule, allowed }: Side): boolean {
  const { asked, inForce } = rule.context;
  const isAwaited = rule.value === 'active' ? inForce !== 'current' : asked === 'waiting';
  return (
    (!allowed.has('rule timeout') || (router === 'running' && isAwaited)) &&
    (!allowed.has('rule retry') || (router === 'running' && asked === 'refused'))
  );
}

function isUpdate({ to, event }: HappenedEvent): boolean {
  return to === 'rule' && event === 'update';
}

/** What the clients of a rule meet: its stickiness, and the members with new clients or with those that they have. */
function contentOf({ rule, members }: GroupState): string {
  const shown = members.map(({ value }) =>
    value === 'joining' ? 'serving' : value === 'provisioning' || value === 'failed' ? 'gone' : value,
  );
  return [rule.context.stickiness, ...shown].join();
}

function isSentAgainBy({ to, event }: HappenedEvent, before: GroupState, after: GroupState): boolean {
  switch (to) {
    case 'router':
      return event === 'started';
    case 'rule':
      return event === 'timeout' || event === 'retry';
    default:
      return to === 'group' && (event === 'enable' || event === 'disable') && before.group.value !== after.group.value;
  }
}

/** Whether an answer says of the entry what is so. */
function isTrue(answer: string, { entry }: TracedChannel): boolean {
  const { value, context } = entry;
  if (answer === 'outdated') return context.generation !== 'current';
  if (context.generation !== 'current') return false;
  if (answer === 'applied') return value === 'programmed' || value === 'inForce' || value === 'removed';
  return answer === value || (answer === 'refused' && isLost(entry));
}

/** Whether the router has to answer: it was asked, has the rule already, or has just done something about its latest generation. */
function isAnswered({ to, event, message }: HappenedEvent, { entry }: TracedChannel): boolean {
  const isCurrent = entry.context.generation === 'current';
  const isWorking = entry.value === 'applying' || entry.value === 'removing';
  if (to === 'entry') return isCurrent && !isWorking;
  if (to !== 'link' || event === 'lose') return false;
  if (message === 'report') return !isCurrent || !isWorking;
  return message === 'command' && !isWorking;
}
