/**
 * The whole: any number of groups, rules and members on the management side, one router, and a link between them that
 * loses, delays, reorders and doubles. Pure: `(state, event) -> {state, commands}`, as in etcd-io/raft.
 *
 * @module
 */

import { ModelError } from '../errors.ts';
import { type EntryContext, type EntryEvent, entryMachine } from '../statecharts/entry.machine.ts';
import { createTable, type Local } from '../statecharts/table.ts';
import { ageInFlight, answerOf, type InFlight, MESSAGE_KINDS, type MessageKind, take, toEntry } from './link.ts';
import { createManagement, type Effect, type ModelCommand, type SystemOptions } from './management.ts';
import type { ManagementEvent, ManagementState } from './management-state.ts';
import { ENTRY_ROUTES } from './routes.ts';

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
  | { to: 'entry'; group: number; event: 'apply' | 'refuse' | 'verify' }
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

const ENTRIES = createTable(entryMachine);

/** What comes from outside the model: users, the cloud, time. All other events of the machines are answers and signals. */
const ENVIRONMENT = {
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
  entry: ['apply', 'refuse', 'verify'],
  link: ['deliver', 'duplicate', 'lose'],
} as const;

/**
 * Composes a system.
 *
 * @example
 * const system = createSystem({ groups: 50, members: 3 });
 * const { state, commands } = system.step(system.initial, { to: 'router', event: 'deploy' });
 */
export function createSystem(options: SystemOptions): System {
  const management = createManagement(options);
  const entry = ENTRIES.initial(undefined);

  const refusal = (state: SystemState, event: SystemEvent): string | undefined => {
    if (event.to === 'entry') return entryRefusal(state, event);
    if (event.to === 'link') return linkRefusal(state, event);
    return management.refusal(state, event);
  };

  const manage = (state: SystemState, event: ManagementEvent): Step => {
    const managed = management.step(state, event);
    const next = managed.effects.reduce(takeEffect, { ...state, ...managed.state });
    return { state: next, commands: managed.effects.filter(isCommand) };
  };

  const transport = (state: SystemState, { group, message, event }: SystemEvent & { to: 'link' }): Step => {
    const inFlight = at(state.link, group);
    const rest = event === 'duplicate' ? state : setLink(state, group, take(inFlight, message));
    if (event === 'lose') return { state: rest, commands: [] };
    const command = toEntry(inFlight, message);
    if (command !== undefined) return { state: hear(rest, group, command), commands: [] };
    return inFlight.answer === undefined
      ? { state: rest, commands: [] }
      : manage(rest, { to: 'rule', group, event: inFlight.answer });
  };

  return {
    initial: {
      ...management.initial,
      entries: management.initial.groups.map(() => entry),
      link: management.initial.groups.map(() => ({})),
    },
    refusal,
    step: (state, event) => {
      if (event.to !== 'entry' && event.to !== 'link') return manage(state, event);
      const reason = refusal(state, event);
      if (reason !== undefined) throw new ModelError(reason);
      return event.to === 'link'
        ? transport(state, event)
        : { state: hear(state, event.group, event.event), commands: [] };
    },
    enabled: (state) => environment(state).filter((event) => refusal(state, event) === undefined),
  };
}

/** What left the management side: a command goes on the link, anything else happens to the router itself. */
function takeEffect(state: SystemState, effect: Effect): SystemState {
  const all = state.groups.map((_, group) => group);
  switch (effect.type) {
    case 'newGeneration':
      return hear(
        setLink(state, effect.group, ageInFlight(at(state.link, effect.group))),
        effect.group,
        ENTRY_ROUTES.newGeneration,
      );
    case 'halt':
    case 'wipe':
      // The router's connections are gone, and what was in flight with them.
      return all.reduce((next, group) => hear(setLink(next, group, {}), group, ENTRY_ROUTES[effect.type]), state);
    case 'putRule':
      return send(state, effect.group, { command: 'put' });
    case 'removeRule':
      return send(state, effect.group, { command: 'remove' });
    case 'syncRules':
      return all.reduce((next, group) => send(next, group, snapshotOf(at(state.groups, group).rule)), state);
    case 'reportRules':
      return all.reduce((next, group) => send(next, group, { report: 'report' }), state);
  }
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

/** An entry hears an event and answers; one that means nothing to it changes nothing. */
function hear(state: SystemState, group: number, event: EntryEvent['type']): SystemState {
  const edge = ENTRIES.edge(at(state.entries, group), event);
  if (edge === undefined) return state;
  const heard: SystemState = { ...state, entries: state.entries.with(group, edge.next) };
  return edge.actions.reduce((next, action) => {
    const answer = answerOf(action, edge.next.context);
    return answer === undefined ? next : send(next, group, { answer });
  }, heard);
}

function send(state: SystemState, group: number, message: InFlight): SystemState {
  return setLink(state, group, { ...at(state.link, group), ...message });
}

function setLink(state: SystemState, group: number, inFlight: InFlight): SystemState {
  return { ...state, link: state.link.with(group, inFlight) };
}

function isCommand(effect: Effect): effect is ModelCommand {
  return effect.type !== 'newGeneration' && effect.type !== 'halt' && effect.type !== 'wipe';
}

function entryRefusal(state: SystemState, event: SystemEvent & { to: 'entry' }): string | undefined {
  if (state.router.value !== 'running' && state.router.value !== 'unreachable')
    return `the router is ${state.router.value}`;
  const entry = at(state.entries, event.group);
  return ENTRIES.edge(entry, event.event) === undefined
    ? `the router's entry is ${entry.value} and does not take ${event.event}`
    : undefined;
}

function linkRefusal(state: SystemState, { group, message, event }: SystemEvent & { to: 'link' }): string | undefined {
  if (at(state.link, group)[message] === undefined) return `no ${message} is in flight`;
  return event === 'lose' || state.router.value === 'running' ? undefined : `the router is ${state.router.value}`;
}

function environment(state: SystemState): SystemEvent[] {
  return [
    ...ENVIRONMENT.router.map((event): SystemEvent => ({ to: 'router', event })),
    ...state.groups.flatMap(({ members }, group): SystemEvent[] => [
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
