/**
 * One rule between the management side and the router: the router's entry for it, and what is in flight about it. Pure, as
 * `system.ts`, which has one channel for each group.
 *
 * @module
 */
import { type EntryContext, type EntryEvent, entryMachine } from '../statecharts/entry.machine.ts';
import type { RuleContext } from '../statecharts/rule.machine.ts';
import { createTable, type Local } from '../statecharts/table.ts';
import { type Answer, ageInFlight, answerOf, type InFlight, type MessageKind, put, take, toEntry } from './link.ts';
import type { Effect } from './management.ts';
import { ENTRY_ROUTES } from './routes.ts';

/** What the router has for a rule, and what is in flight about it. */
export interface Channel {
  readonly entry: Local<EntryContext>;
  readonly inFlight: InFlight;
}

const ENTRIES = createTable(entryMachine);

/** The router knows nothing of the rule, and nothing is in flight. */
export const emptyChannel: Channel = { entry: ENTRIES.initial(undefined), inFlight: {} };

/**
 * What left the management side, as this channel sees it: a command goes on the link, anything else happens to the entry.
 *
 * @param effect - one that concerns this rule, or the router as a whole
 * @param rule - the rule after the step: the full set says of it what it is then
 */
export function takeEffect(channel: Channel, effect: Effect, rule: Local<RuleContext>): Channel {
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
}

/** An entry hears an event and answers; one that means nothing to it changes nothing. */
export function hear(channel: Channel, event: EntryEvent['type']): Channel {
  const edge = ENTRIES.edge(channel.entry, event);
  if (edge === undefined) return channel;
  const heard: Channel = { ...channel, entry: edge.next };
  return edge.actions.reduce((next, action) => {
    const answer = answerOf(action, edge.next.context);
    return answer === undefined ? next : send(next, { answer });
  }, heard);
}

/**
 * A message arrives, arrives and stays in flight (doubled), or is lost.
 *
 * @returns the channel after it, and the answer that the rule hears, if that is what arrived
 */
export function transport(
  channel: Channel,
  message: MessageKind,
  event: 'deliver' | 'duplicate' | 'lose',
): { channel: Channel; answer?: Answer } {
  const rest = event === 'duplicate' ? channel : { ...channel, inFlight: take(channel.inFlight, message) };
  if (event === 'lose') return { channel: rest };
  const command = toEntry(channel.inFlight, message);
  if (command !== undefined) return { channel: hear(rest, command) };
  return channel.inFlight.answer === undefined ? { channel: rest } : { channel: rest, answer: channel.inFlight.answer };
}

/** Why the entry cannot take the event, in words for a user; undefined when it can. */
export function entryRefusal(router: string, { entry }: Channel, event: EntryEvent['type']): string | undefined {
  if (router !== 'running' && router !== 'unreachable') return `the router is ${router}`;
  return ENTRIES.edge(entry, event) === undefined
    ? `the router's entry is ${entry.value} and does not take ${event}`
    : undefined;
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
  return { ...channel, inFlight: put(channel.inFlight, message) };
}
