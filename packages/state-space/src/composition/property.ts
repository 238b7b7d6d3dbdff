/**
 * What a property of the composition is, and what it reads: the statecharts' own states, and what the copies of a rule hold.
 *
 * @module
 */
import type { Effect, GroupState, MessageKind, SystemEvent } from '@limpet/model';
import type { TracedChannel } from './content.ts';

/** The management side of one group: the group, its rule and its members, and the state of the router. */
export interface Side extends GroupState {
  readonly router: string;
  /** What may happen to the management side now, as `eventName` names it. */
  readonly allowed: ReadonlySet<string>;
  /** The rule, and what leaves the management side, when it hears that the router has an older generation, however late it hears it. */
  readonly onOutdated: { readonly rule: GroupState['rule']; readonly effects: readonly Effect['type'][] };
}

/** An event of the composition, as a property reads it. */
export interface HappenedEvent {
  readonly to: 'router' | 'place' | 'group' | 'rule' | 'member' | 'entry' | 'link';
  readonly event: string;
  readonly member?: number;
  readonly message?: MessageKind;
}

/** The channel before and after a step. */
export interface Channels {
  readonly before: TracedChannel;
  readonly after: TracedChannel;
}

/** What must hold of the channel in a step of the management side. */
export type ChannelPredicate = (channels: Channels) => boolean;

/** What must hold of the composition. Each kind of predicate is asked where something that it reads can be new. */
export interface Property {
  readonly name: string;
  readonly sentence: string;
  /** Bugs of real systems that it forbids. */
  readonly upstream: readonly string[];
  /** In every reachable state. */
  holds?(side: Side, channel: TracedChannel): boolean;
  /** In every reachable state, where the management side alone counts. */
  holdsOfSide?(side: Side): boolean;
  /** In every reachable state, where the router and what it has for the rule count; `can` says whether an event may happen there. */
  holdsOfChannel?(router: string, channel: TracedChannel, can: (event: string) => boolean): boolean;
  /** In every step that the management side takes part in; where it depends on the channel too, what must hold of that. */
  holdsInStep?(before: Side, event: HappenedEvent, after: Side): boolean | ChannelPredicate;
  /** In every step of the router and the link, before the rule has heard an answer. */
  holdsInChannelStep?(before: TracedChannel, event: HappenedEvent, after: TracedChannel): boolean;
}

/** How properties name an event: `group enable`, `member 0 fail`, `lose command`. */
export function eventName(event: SystemEvent): string {
  switch (event.to) {
    case 'member':
      return `member ${event.member} ${event.event}`;
    case 'link':
      return `${event.event} ${event.message}`;
    default:
      return `${event.to} ${event.event}`;
  }
}

/** The group is there, and is not being deleted. */
export function isLive(group: string): boolean {
  return group !== 'removed' && group !== 'revoke';
}

/** The management side says that clients are served as last asked. */
export function saysInForce({ rule }: Pick<GroupState, 'rule'>): boolean {
  return rule.value === 'active' && rule.context.inForce === 'current';
}

/** Clients pass a router in this state, whether it can be told anything or not. */
export function carriesTraffic(router: string): boolean {
  return router === 'running' || router === 'unreachable';
}

/** Some member of the group is in this state. */
export function has({ members }: GroupState, state: string): boolean {
  return members.some(({ value }) => value === state);
}

/** How many VMs are there, those that failed included. */
export function present({ members }: GroupState): number {
  return members.filter(({ value }) => value !== 'gone').length;
}

/** A scale operation is under way: a VM starts, joins or drains. */
export function isScaling(side: GroupState): boolean {
  return has(side, 'provisioning') || has(side, 'joining') || has(side, 'draining');
}
