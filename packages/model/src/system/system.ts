/**
 * The whole: any number of groups, rules and members on the management side, one router, and a link between them that
 * loses, delays, reorders and doubles. Pure: `(state, event) -> {state, commands}`, as in etcd-io/raft.
 *
 * @module
 */

import { ModelError } from '../errors.ts';
import type { EntryContext } from '../statecharts/entry.machine.ts';
import type { Local } from '../statecharts/table.ts';
import { type Channel, createChannels, linkRefusal } from './channel.ts';
import { type InFlight, MESSAGE_KINDS, type MessageKind } from './link.ts';
import { createManagement, type Effect, type ModelCommand, type SystemOptions } from './management.ts';
import { groupAt, type ManagementEvent, type ManagementState } from './management-state.ts';
import { PARTS, type Parts } from './parts.ts';

/** A system's state. Plain JSON. */
export interface SystemState extends ManagementState {
  /** What the router has for each group's rule. */
  readonly entries: readonly Local<EntryContext>[];
  /** What is in flight about each group's rule. */
  readonly link: readonly InFlight[];
}

/** Everything that can happen. A link may deliver a message, deliver it and keep it (doubled), or lose it. */
export type SystemEvent =
  | ManagementEvent
  | { to: 'entry'; group: number; event: (typeof ENVIRONMENT.entry)[number] }
  | { to: 'link'; group: number; message: MessageKind; event: 'deliver' | 'duplicate' | 'lose' };

/** What a step led to. `commands` are those that it put on the link, in order. */
export interface Step {
  state: SystemState;
  commands: ModelCommand[];
}

/** A system. */
export interface System {
  readonly initial: SystemState;
  /** @throws ModelError when the event is not possible; its message is that of `refusal` */
  step(state: SystemState, event: SystemEvent): Step;
  /** Every event that users, the cloud, the router or the link may bring about now. */
  enabled(state: SystemState): SystemEvent[];
  /** Why an event is not possible, in words for a user; undefined when it is. */
  refusal(state: SystemState, event: SystemEvent): string | undefined;
}

/** What comes from outside the model: users, the cloud, time. All other events of the machines are answers and signals. */
export const ENVIRONMENT = {
  place: ['create'],
  group: [
    'configured',
    'configureFailed',
    'enable',
    'disable',
    'raiseMin',
    'lowerMin',
    'raiseMax',
    'lowerMax',
    'scaleUp',
    'scaleDown',
    'quietOver',
    'delete',
    'deleteWithCleanup',
  ],
  rule: ['accept', 'reject', 'setSourceBased', 'setNone', 'update', 'delete', 'timeout', 'retry'],
  member: ['started', 'startFailed', 'drained', 'fail', 'destroy'],
  router: ['deploy', 'started', 'startFailed', 'stop', 'start', 'reboot', 'lost', 'recovered', 'destroy'],
  entry: ['apply', 'refuse', 'verify', 'loseAddress', 'regainAddress', 'loseCertificate', 'regainCertificate'],
  link: ['deliver', 'duplicate', 'lose'],
} as const;

/**
 * Composes a system.
 *
 * @param parts - the model's, or with a mistake that is to be tried
 * @example
 * const system = createSystem({ groups: 50, members: 3 });
 * const { state, commands } = system.step(system.initial, { to: 'router', event: 'deploy' });
 */
export function createSystem(options: SystemOptions, parts: Parts = PARTS): System {
  const management = createManagement(options, parts);
  const channels = createChannels(parts.entry);

  const refusal = (state: SystemState, event: SystemEvent): string | undefined => {
    if (event.to === 'entry')
      return channels.entryRefusal(state.router.value, channelOf(state, event.group), event.event);
    if (event.to === 'link')
      return linkRefusal(state.router.value, channelOf(state, event.group), event.message, event.event);
    return management.refusal(state, event);
  };

  /** What left the management side reaches the channel of its rule, or all of them. */
  const spread = (state: SystemState, effect: Effect): SystemState => {
    const concerned = 'group' in effect ? [effect.group] : state.groups.map((_, group) => group);
    return concerned.reduce((next, group) => {
      const { rule } = groupAt(next.groups, group);
      return withChannel(next, group, channels.takeEffect(channelOf(next, group), effect, rule));
    }, state);
  };

  const manage = (state: SystemState, event: ManagementEvent): Step => {
    const managed = management.step(state, event);
    const next = managed.effects.reduce(spread, { ...state, ...managed.state });
    return { state: next, commands: managed.effects.filter(isCommand) };
  };

  const happenOnLink = (state: SystemState, { group, message, event }: SystemEvent & { to: 'link' }): Step => {
    const { channel, answer } = channels.transport(channelOf(state, group), message, event);
    const next = withChannel(state, group, channel);
    return answer === undefined ? { state: next, commands: [] } : manage(next, { to: 'rule', group, event: answer });
  };

  return {
    initial: {
      ...management.initial,
      entries: management.initial.groups.map(() => channels.empty.entry),
      link: management.initial.groups.map(() => channels.empty.inFlight),
    },
    refusal,
    step: (state, event) => {
      if (event.to !== 'entry' && event.to !== 'link') return manage(state, event);
      const reason = refusal(state, event);
      if (reason !== undefined) throw new ModelError(reason);
      if (event.to === 'link') return happenOnLink(state, event);
      const { group } = event;
      return { state: withChannel(state, group, channels.hear(channelOf(state, group), event.event)), commands: [] };
    },
    enabled: (state) => environment(state).filter((event) => refusal(state, event) === undefined),
  };
}

function channelOf(state: SystemState, group: number): Channel {
  return { entry: at(state.entries, group), inFlight: at(state.link, group) };
}

function withChannel(state: SystemState, group: number, { entry, inFlight }: Channel): SystemState {
  return { ...state, entries: state.entries.with(group, entry), link: state.link.with(group, inFlight) };
}

function isCommand(effect: Effect): effect is ModelCommand {
  return effect.type !== 'newGeneration' && effect.type !== 'halt' && effect.type !== 'wipe';
}

function environment(state: SystemState): SystemEvent[] {
  return [
    ...ENVIRONMENT.router.map((event): SystemEvent => ({ to: 'router', event })),
    ...state.groups.flatMap(({ members }, group): SystemEvent[] => [
      ...ENVIRONMENT.place.map((event): SystemEvent => ({ to: 'place', group, event })),
      ...ENVIRONMENT.group.map((event): SystemEvent => ({ to: 'group', group, event })),
      ...ENVIRONMENT.rule.map((event): SystemEvent => ({ to: 'rule', group, event })),
      ...members.flatMap((_, member) =>
        ENVIRONMENT.member.map((event): SystemEvent => ({ to: 'member', group, member, event })),
      ),
      ...ENVIRONMENT.entry.map((event): SystemEvent => ({ to: 'entry', group, event })),
      ...MESSAGE_KINDS.flatMap((message) =>
        ENVIRONMENT.link.map((event): SystemEvent => ({ to: 'link', group, message, event })),
      ),
    ]),
  ];
}

function at<T>(list: readonly T[], group: number): T {
  const item = list[group];
  if (item === undefined) throw new RangeError(`no group ${group}`);
  return item;
}
