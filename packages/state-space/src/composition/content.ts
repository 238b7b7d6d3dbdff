/**
 * What each copy of a rule holds, compared with what was last asked for: the copy in the command that is in flight, the one that
 * the router was given, and the one that HAProxy has loaded. A history variable, in the words of TLA+: it is kept beside the
 * composition, which never reads it, and shows what the composition should have done.
 *
 * @module
 */
import type { Answer, Channel, Channels, Effect, EntryEvent, Local, MessageKind, RuleContext } from '@limpet/model';
import { isLoss, isLost, isWaitingForHost } from './host-needs.ts';

/** What of a rule somebody can change, in the order in which CloudStack's API has it. */
export type Aspect = 'stickiness' | 'attributes' | 'members';

/** A copy is `fresh`, or differs from what was asked for in this aspect first; `none` is no copy, or an older generation's. */
export type Copy = 'none' | 'fresh' | Aspect;

/** A channel, and what the copies of its rule hold. */
export interface TracedChannel extends Channel {
  readonly command: Copy;
  readonly given: Copy;
  readonly loaded: Copy;
  /** The rule was in force and is lost, or not verified again since, and the management side has not heard of it. */
  readonly unheard: boolean;
}

/** What a step of the management side is to one channel. */
export interface Reaction {
  readonly changed: Aspect | undefined;
  readonly effects: readonly Effect[];
  /** The rule after the step. */
  readonly rule: Local<RuleContext>;
}

/** What can happen to channels, and to the copies of their rules. */
export interface Content {
  readonly empty: TracedChannel;
  /** The channel after a step of the management side: what changed makes every copy stale, and a command takes a fresh one. */
  afterReaction(before: TracedChannel, reaction: Reaction): TracedChannel;
  /** The channel after a message arrived or was lost: a router that takes the command is given its copy. */
  afterTransport(
    before: TracedChannel,
    message: MessageKind,
    event: 'deliver' | 'duplicate' | 'lose',
  ): { channel: TracedChannel; answer: Answer | undefined };
  /** The channel after the router did something about the rule: what it applies is loaded. */
  afterRouterStep(before: TracedChannel, event: EntryEvent['type']): TracedChannel;
}

/** @param channels - what can happen to the channels without their copies */
export function createContent(channels: Channels): Content {
  return {
    empty: { ...channels.empty, command: 'none', given: 'none', loaded: 'none', unheard: false },
    afterReaction: (before, { changed, effects, rule }) => {
      const aged: TracedChannel = {
        ...before,
        command: age(before.command, changed),
        given: age(before.given, changed),
        loaded: age(before.loaded, changed),
      };
      let traced = settle(aged);
      for (const effect of effects) {
        const channel = channels.takeEffect(traced, effect, rule);
        const isSent = effect.type === 'putRule' || (effect.type === 'syncRules' && channel.inFlight.command === 'put');
        traced = settle({ ...traced, ...channel, command: isSent ? 'fresh' : traced.command });
      }
      return traced;
    },
    afterTransport: (before, message, event) => {
      const { channel, answer } = channels.transport(before, message, event);
      const isTaken = isGiven(channel) && event !== 'lose';
      const isTakenLate = isTaken && message === 'late' && channel.entry !== before.entry;
      const given = isTaken && message === 'command' ? before.command : isTakenLate ? 'none' : before.given;
      const unheard = before.unheard && answer !== 'refused';
      return { channel: settle({ ...before, ...channel, given, unheard }), answer };
    },
    afterRouterStep: (before, event) => {
      const channel = channels.hear(before, event);
      const isApplied = event === 'apply' && channel.entry !== before.entry;
      const loaded = isApplied ? before.given : before.loaded;
      const unheard = before.unheard || (isLoss(event) && channel.entry !== before.entry);
      return settle({ ...before, ...channel, loaded, unheard });
    },
  };
}

/** The router has taken the rule, and has yet to give it to HAProxy. */
function isGiven({ entry }: Channel): boolean {
  return entry.value === 'applying' || isWaitingForHost(entry);
}

/** HAProxy has the rule as the router was given it. */
function isLoaded({ entry }: Channel): boolean {
  return entry.value === 'programmed' || entry.value === 'inForce' || (isLost(entry) && !isWaitingForHost(entry));
}

function age(copy: Copy, changed: Aspect | undefined): Copy {
  return copy === 'fresh' && changed !== undefined ? changed : copy;
}

/** A copy that nothing can come of any more, or that an older generation has, is as good as none. */
function settle(channel: TracedChannel): TracedChannel {
  const { entry, inFlight, command, given, loaded, unheard } = channel;
  const isCurrent = entry.context.generation === 'current';
  return {
    ...channel,
    command: inFlight.command === 'put' ? command : 'none',
    given: isCurrent && isGiven(channel) ? given : 'none',
    loaded: isCurrent && isLoaded(channel) ? loaded : 'none',
    unheard: unheard && isCurrent && isLoaded(channel) && entry.value !== 'inForce',
  };
}
