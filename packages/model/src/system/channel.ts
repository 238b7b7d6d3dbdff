/**
 * One rule between the management side and the router: the router's entry for it, and what is in flight about it. Pure, as
 * `system.ts`, which has one channel for each group.
 *
 * @module
 */
import type { EntryContext, EntryEvent } from '../statecharts/entry.machine.ts';
import type { RuleContext } from '../statecharts/rule.machine.ts';
import type { Local } from '../statecharts/table.ts';
import {
  type Answer,
  ageInFlight,
  answerOf,
  type InFlight,
  type MessageKind,
  take,
  toEntry,
  withMessage,
} from './link.ts';
import type { Effect } from './management.ts';
import type { Parts } from './parts.ts';
import { ENTRY_ROUTES } from './routes.ts';

/** What the router has for a rule, and what is in flight about it. */
export interface Channel {
  readonly entry: Local<EntryContext>;
  readonly inFlight: InFlight;
}

/** What can happen to channels. */
export interface Channels {
  /** The router knows nothing of the rule, and nothing is in flight. */
  readonly empty: Channel;
  /**
   * What left the management side, as this channel sees it: a command goes on the link, anything else happens to the entry.
   *
   * @param effect - one that concerns this rule, or the router as a whole
   * @param rule - the rule after the step: the full set says of it what it is then
   */
  takeEffect(channel: Channel, effect: Effect, rule: Local<RuleContext>): Channel;
  /** An entry hears an event and answers; one that means nothing to it changes nothing. */
  hear(channel: Channel, event: EntryEvent['type']): Channel;
  /**
   * A message arrives, arrives and stays in flight (doubled), or is lost.
   *
   * @returns the channel after it, and the answer that the rule hears, if that is what arrived
   */
  transport(
    channel: Channel,
    message: MessageKind,
    event: 'deliver' | 'duplicate' | 'lose',
  ): { channel: Channel; answer?: Answer };
  /** Why the entry cannot take the event, in words for a user; undefined when it can. */
  entryRefusal(router: string, channel: Channel, event: EntryEvent['type']): string | undefined;
}

/** @param entries - the statechart of the router's entries */
export function createChannels(entries: Parts['entry']): Channels {
  const hear: Channels['hear'] = (channel, event) => {
    const edge = entries.edge(channel.entry, event);
    if (edge === undefined) return channel;
    const heard: Channel = { ...channel, entry: edge.next };
    return edge.actions.reduce((next, action) => {
      const answer = answerOf(action, edge.next.context);
      return answer === undefined ? next : send(next, { answer });
    }, heard);
  };
  return {
    empty: { entry: entries.initial(undefined), inFlight: {} },
    hear,
    takeEffect: (channel, effect, rule) => {
      switch (effect.type) {
        case 'newGeneration':
          return hear({ ...channel, inFlight: ageInFlight(channel.inFlight) }, ENTRY_ROUTES.newGeneration);
        case 'halt':
        case 'wipe':
          // The router's connections are gone, and what was in flight with them.
          return hear({ ...channel, inFlight: {} }, ENTRY_ROUTES[effect.type]);
        case 'putRule':
          return send(channel, { command: 'put' });
        case 'removeRule':
          return send(channel, { command: 'remove' });
        case 'syncRules':
          return send(channel, snapshotOf(rule));
        case 'reportRules':
          return send(channel, { report: 'report' });
      }
    },
    transport: (channel, message, event) => {
      const rest = event === 'duplicate' ? channel : { ...channel, inFlight: take(channel.inFlight, message) };
      if (event === 'lose') return { channel: rest };
      const command = toEntry(channel.inFlight, message);
      if (command !== undefined) return { channel: hear(rest, command) };
      return channel.inFlight.answer === undefined
        ? { channel: rest }
        : { channel: rest, answer: channel.inFlight.answer };
    },
    entryRefusal: (router, { entry }, event) => {
      if (router !== 'running' && router !== 'unreachable') return `the router is ${router}`;
      return entries.edge(entry, event) === undefined
        ? `the router's entry is ${entry.value} and does not take ${event}`
        : undefined;
    },
  };
}

/** Why nothing can happen to the message, in words for a user; undefined when it can. */
export function linkRefusal(
  router: string,
  { inFlight }: Channel,
  message: MessageKind,
  event: 'deliver' | 'duplicate' | 'lose',
): string | undefined {
  if (inFlight[message] === undefined) return `no ${message} is in flight`;
  return event === 'lose' || router === 'running' ? undefined : `the router is ${router}`;
}

/** What the full set says of a rule. */
function snapshotOf(rule: Local<unknown>): InFlight {
  switch (rule.value) {
    case 'add':
    case 'active':
      return { command: 'put' };
    case 'revoke':
      return { command: 'remove' };
    default:
      return {};
  }
}

function send(channel: Channel, message: InFlight): Channel {
  return { ...channel, inFlight: withMessage(channel.inFlight, message) };
}
