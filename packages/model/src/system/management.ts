import { ModelError } from '../errors.ts';
import { groupMachine } from '../statecharts/group.machine.ts';
import { memberMachine } from '../statecharts/member.machine.ts';
import { routerMachine } from '../statecharts/router.machine.ts';
import { ruleMachine } from '../statecharts/rule.machine.ts';
import { createTable, type Edge, type Local } from '../statecharts/table.ts';
import { type GroupState, groupAt, type ManagementEvent, type ManagementState, memberAt } from './management-state.ts';
import { explainRefusal } from './refusals.ts';
import { ANSWERS, type Choice, ROUTES, type Route } from './routes.ts';

/** A command on its way to the router. The concrete data (`CommandPayloads`) is bound by the program that sends it. */
export type ModelCommand = { type: 'putRule' | 'removeRule'; group: number } | { type: 'syncRules' | 'reportRules' };

/** What leaves the management side in a step, in order: commands, and what happens to the router's entries by itself. */
export type Effect = ModelCommand | { type: 'newGeneration'; group: number } | { type: 'halt' | 'wipe' };

/** Sizes of a system. */
export interface SystemOptions {
  /** Autoscale groups, one rule each. */
  groups: number;
  /** Places for members in each group, the upper limit of `max`. */
  members: number;
  /** Each group's initial `min`. @defaultValue 1 */
  min?: number;
  /** Each group's initial `max`. @defaultValue `members` */
  max?: number;
}

/** The management side: any number of groups, rules and members, and one router as they see it. */
export interface Management {
  readonly initial: ManagementState;
  /**
   * What an event does. The router's answers (`applied`, `inForce` ...) may come late: they are ignored where they mean nothing.
   *
   * @throws ModelError when the event is not possible; its message is that of `refusal`
   */
  step(state: ManagementState, event: ManagementEvent): { state: ManagementState; effects: Effect[] };
  /** Why an event is not possible, in words for a user; undefined when it is. */
  refusal(state: ManagementState, event: ManagementEvent): string | undefined;
}

const TABLES = {
  group: createTable(groupMachine),
  rule: createTable(ruleMachine),
  member: createTable(memberMachine),
  router: createTable(routerMachine),
};

/** Events that are heard, not asked for: signals of other machines and answers that may come late. */
const HEARD: ReadonlySet<string> = new Set([
  ...Object.values(ROUTES).map((route) => route.event),
  ...Object.values(ANSWERS),
]);
/** Of these, a user or the cloud may ask for some too, and then the state must allow it. */
const ASKED: ReadonlySet<string> = new Set(['destroy', 'create', 'remove']);

/** Composes a management side. */
export function createManagement({ groups, members, min = 1, max = members }: SystemOptions): Management {
  if (!(groups >= 0 && members >= 1 && 1 <= min && min <= max && max <= members)) {
    throw new RangeError(
      `groups >= 0 and 1 <= min <= max <= members must hold, got ${JSON.stringify({ groups, members, min, max })}`,
    );
  }
  const group: GroupState = {
    group: TABLES.group.initial({ min, max, capacity: members }),
    rule: TABLES.rule.initial(undefined),
    members: Array.from({ length: members }, () => TABLES.member.initial(undefined)),
  };
  return {
    initial: { router: TABLES.router.initial(undefined), groups: Array.from({ length: groups }, () => group) },
    refusal,
    step: (state, event) => {
      if (ASKED.has(event.event) || !HEARD.has(event.event)) {
        const reason = refusal(state, event);
        if (reason !== undefined) throw new ModelError(reason);
      }
      return run(state, event);
    },
  };
}

function refusal(state: ManagementState, event: ManagementEvent): string | undefined {
  return explainRefusal(state, event, edgeOf(state, event) !== undefined);
}

function edgeOf(state: ManagementState, event: ManagementEvent): Edge<unknown> | undefined {
  switch (event.to) {
    case 'router':
      return TABLES.router.edge(state.router, event.event);
    case 'group':
      return TABLES.group.edge(groupAt(state.groups, event.group).group, event.event);
    case 'rule':
      return TABLES.rule.edge(groupAt(state.groups, event.group).rule, event.event);
    case 'member':
      return TABLES.member.edge(memberAt(groupAt(state.groups, event.group), event.member), event.event);
  }
}

/** Takes an event and then, first in first out, the events that follow from it; copies only what changes. */
function run(before: ManagementState, first: ManagementEvent): { state: ManagementState; effects: Effect[] } {
  const state = { router: before.router, groups: [...before.groups] };
  const effects: Effect[] = [];
  const queue: ManagementEvent[] = [first];
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    for (const action of advance(state, event)) {
      const index = event.to === 'router' ? undefined : event.group;
      const route = ROUTES[action];
      if (route !== undefined) queue.push(...hearers(route, state.groups, index));
      const effect = effectOf(action, index);
      if (effect === undefined) continue;
      if (effect.type === 'removeRule' && state.router.value === 'absent') {
        // Nothing to remove it from (CloudStack: a network without a router is a success).
        queue.push({ to: 'rule', group: effect.group, event: 'routerDestroyed' });
      } else if (!('group' in effect) || effect.type === 'newGeneration' || state.router.value === 'running') {
        // A router that is not there gets the full set when it comes, one out of reach is asked when it is back.
        effects.push(effect);
      }
    }
  }
  return { state, effects };
}

/** Moves one machine; the actions of the transition, none if it has none here. */
function advance(
  state: { router: ManagementState['router']; groups: GroupState[] },
  event: ManagementEvent,
): readonly string[] {
  if (event.to === 'router') {
    const edge = TABLES.router.edge(state.router, event.event);
    if (edge !== undefined) state.router = edge.next;
    return edge?.actions ?? [];
  }
  const group = groupAt(state.groups, event.group);
  switch (event.to) {
    case 'group': {
      const edge = TABLES.group.edge(group.group, event.event);
      if (edge !== undefined) state.groups[event.group] = { ...group, group: edge.next };
      return edge?.actions ?? [];
    }
    case 'rule': {
      const edge = TABLES.rule.edge(group.rule, event.event);
      if (edge !== undefined) state.groups[event.group] = { ...group, rule: edge.next };
      return edge?.actions ?? [];
    }
    case 'member': {
      const edge = TABLES.member.edge(memberAt(group, event.member), event.event);
      if (edge !== undefined)
        state.groups[event.group] = { ...group, members: group.members.with(event.member, edge.next) };
      return edge?.actions ?? [];
    }
  }
}

function hearers(route: Route, groups: readonly GroupState[], index: number | undefined): ManagementEvent[] {
  if (route.to === 'rules') return groups.map((_, group) => ({ to: 'rule', group, event: route.event }));
  if (index === undefined) throw new RangeError(`only a group's machines can signal ${route.event}`);
  switch (route.to) {
    case 'group':
      return [{ to: 'group', group: index, event: route.event }];
    case 'rule':
      return [{ to: 'rule', group: index, event: route.event }];
    case 'members':
      return choose(route.choice, groupAt(groups, index).members).map((member) => ({
        to: 'member',
        group: index,
        member,
        event: route.event,
      }));
  }
}

function choose(choice: Choice, members: readonly Local<unknown>[]): number[] {
  const places = members.map((_, place) => place);
  const having = (value: string) => places.filter((place) => members[place]?.value === value);
  switch (choice) {
    case 'vacant':
      return having('gone').slice(0, 1);
    case 'joining':
      return having('joining');
    case 'present':
      return places.filter((place) => members[place]?.value !== 'gone');
    case 'victim':
      // A failed member first, then the newest: CloudStack takes the last row of the LB map and never a failed one.
      return [...having('serving'), ...having('failed')].slice(-1);
  }
}

function effectOf(action: string, group: number | undefined): Effect | undefined {
  switch (action) {
    case 'syncRules':
    case 'reportRules':
    case 'halt':
    case 'wipe':
      return { type: action };
    case 'putRule':
    case 'removeRule':
    case 'newGeneration':
      return group === undefined ? undefined : { type: action, group };
    default:
      return undefined;
  }
}
