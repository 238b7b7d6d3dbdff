import { ModelError } from '../errors.ts';
import type { Edge, Local } from '../statecharts/table.ts';
import { type GroupState, groupAt, type ManagementEvent, type ManagementState, memberAt } from './management-state.ts';
import { PARTS, type Parts } from './parts.ts';
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

/** Events that are heard, not asked for: signals of other machines and answers that may come late. */
const HEARD: ReadonlySet<string> = new Set([
  ...Object.values(ROUTES).map((route) => route.event),
  ...Object.values(ANSWERS),
]);
/** Of these, a user or the cloud may ask for some too, and then the state must allow it. */
const ASKED: ReadonlySet<string> = new Set(['destroy', 'create', 'remove']);

/** Composes a management side. @param parts - the model's, or with a mistake that is to be tried */
export function createManagement(options: SystemOptions, parts: Parts = PARTS): Management {
  const { groups, members, min = 1, max = members } = options;
  if (!(groups >= 0 && members >= 1 && 1 <= min && min <= max && max <= members)) {
    throw new RangeError(
      `groups >= 0 and 1 <= min <= max <= members must hold, got ${JSON.stringify({ groups, members, min, max })}`,
    );
  }
  const vacant: GroupState = {
    group: parts.group.initial({ min, max, capacity: members }),
    rule: parts.rule.initial(undefined),
    members: Array.from({ length: members }, () => parts.member.initial(undefined)),
  };
  const refusal = (state: ManagementState, event: ManagementEvent): string | undefined =>
    parts.refusal(state, event, isPossible(parts, state, event));
  return {
    initial: { router: parts.router.initial(undefined), groups: Array.from({ length: groups }, () => vacant) },
    refusal,
    step: (state, event) => {
      if (ASKED.has(event.event) || !HEARD.has(event.event)) {
        const reason = refusal(state, event);
        if (reason !== undefined) throw new ModelError(reason);
      }
      if (event.to === 'place') return create(state, event.group, vacant);
      return run(parts, state, event);
    },
  };
}

/** Whether the event's own statechart has a transition for it. */
function isPossible(parts: Parts, state: ManagementState, event: ManagementEvent): boolean {
  if (event.to !== 'place') return edgeOf(parts, state, event) !== undefined;
  const { group, rule } = groupAt(state.groups, event.group);
  return group.value === 'removed' && rule.value === 'gone';
}

/** The router may still know the rule that had the address and port before: the generations of the new one go on from its. */
function create({ router, groups }: ManagementState, group: number, vacant: GroupState) {
  const effects: Effect[] = [{ type: 'newGeneration', group }];
  return { state: { router, groups: groups.with(group, vacant) }, effects };
}

type ChartEvent = Exclude<ManagementEvent, { to: 'place' }>;

function edgeOf(parts: Parts, state: ManagementState, event: ChartEvent): Edge<unknown> | undefined {
  if (event.to === 'router') return parts.router.edge(state.router, event.event);
  const group = groupAt(state.groups, event.group);
  switch (event.to) {
    case 'group':
      return parts.group.edge(group.group, event.event, group);
    case 'rule':
      return parts.rule.edge(group.rule, event.event, group);
    case 'member':
      return parts.member.edge(memberAt(group, event.member), event.event, group);
  }
}

/** Takes an event and then, first in first out, the events that follow from it; copies only what changes. */
function run(parts: Parts, before: ManagementState, first: ChartEvent): { state: ManagementState; effects: Effect[] } {
  const state = { router: before.router, groups: [...before.groups] };
  const effects: Effect[] = [];
  const queue: ChartEvent[] = [first];
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    for (const action of advance(parts, state, event)) {
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

/** Moves one statechart; the actions of the transition, none if it has none here. */
function advance(
  parts: Parts,
  state: { router: ManagementState['router']; groups: GroupState[] },
  event: ChartEvent,
): readonly string[] {
  if (event.to === 'router') {
    const edge = parts.router.edge(state.router, event.event);
    if (edge !== undefined) state.router = edge.next;
    return edge?.actions ?? [];
  }
  const group = groupAt(state.groups, event.group);
  switch (event.to) {
    case 'group': {
      const edge = parts.group.edge(group.group, event.event, group);
      if (edge !== undefined) state.groups[event.group] = { ...group, group: edge.next };
      return edge?.actions ?? [];
    }
    case 'rule': {
      const edge = parts.rule.edge(group.rule, event.event, group);
      if (edge !== undefined) state.groups[event.group] = { ...group, rule: edge.next };
      return edge?.actions ?? [];
    }
    case 'member': {
      const edge = parts.member.edge(memberAt(group, event.member), event.event, group);
      if (edge !== undefined)
        state.groups[event.group] = { ...group, members: group.members.with(event.member, edge.next) };
      return edge?.actions ?? [];
    }
  }
}

function hearers(route: Route, groups: readonly GroupState[], index: number | undefined): ChartEvent[] {
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
