/**
 * What follows from an event within a cell: signals of one machine are events of another, as `routes.ts` says, until all is quiet.
 *
 * @module
 */
import type { EntryEvent, GroupEvent, MemberEvent, RuleEvent } from '@limpet/model';
import { type ANSWERS, answerOf, type Choice, ROUTES } from '@limpet/model';
import type { BugName } from './bugs.ts';
import { type Cell, goneRule, MACHINES, withHarm } from './cell.ts';

/** An event for a machine of a cell. */
export type CellEvent =
  | { to: 'group'; event: GroupEvent['type'] }
  | { to: 'rule'; event: RuleEvent['type'] }
  | { to: 'member'; member: number; event: MemberEvent['type'] };

/** What surrounds a reaction: the router's state as the management side sees it, and the bug that is switched on. */
export interface Surroundings {
  readonly router: string;
  readonly bug: BugName | undefined;
}

/** True when the machine has a transition for the event in its state. */
export function isPossible(cell: Cell, event: CellEvent): boolean {
  return advance(cell, event) !== undefined;
}

/** Takes an event and, first in first out, those that follow from it. Undefined when the event is not possible. */
export function react(cell: Cell, first: CellEvent, around: Surroundings): Cell | undefined {
  if (!isPossible(cell, first)) return undefined;
  return settle(cell, [first], around);
}

function settle(before: Cell, queue: CellEvent[], around: Surroundings): Cell {
  let cell = before;
  for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
    const moved = advance(cell, event);
    if (moved === undefined) continue;
    if (isUnsentChange(cell, event, around.bug)) {
      const { stickiness } = moved.cell.rule.context;
      cell = hearEntry({ ...cell, rule: { ...cell.rule, context: { ...cell.rule.context, stickiness } } }, 'age').cell;
      continue;
    }
    const wasRemoved = cell.group.value === 'removed';
    const heardIn = stateOf(cell, event);
    cell = moved.cell;
    for (const action of moved.actions) {
      if (!HANDLED.has(action) && ROUTES[action] === undefined)
        throw new RangeError(
          `${event.to}.machine.ts: ${heardIn} on ${event.event} has the action ${action}, which nobody handles: add it to routes.ts`,
        );
      queue.push(...hearers(cell, action));
      cell = takeEffect(cell, action, around, queue);
    }
    if (event.to === 'rule' && (event.event === 'update' || event.event === 'membersChanged'))
      cell = { ...cell, dirty: true };
    if (!wasRemoved && cell.group.value === 'removed') queue.push({ to: 'rule', event: 'delete' });
    // How long the quiet time is changes nothing that an invariant reads: here it is over at once.
    if (event.to === 'group' && cell.group.context.quiet) queue.push({ to: 'group', event: 'quietOver' });
  }
  return cell;
}

/** Actions that are no signals to another machine of the cell. */
const HANDLED: ReadonlySet<string> = new Set(['newGeneration', 'putRule', 'removeRule', 'success']);

function stateOf(cell: Cell, event: CellEvent): string {
  return event.to === 'member' ? memberOf(cell, event.member).value : cell[event.to].value;
}

function isUnsentChange(cell: Cell, event: CellEvent, bug: BugName | undefined): boolean {
  return (
    bug === 'seed' &&
    cell.group.value === 'disabled' &&
    event.to === 'rule' &&
    (event.event === 'setSourceBased' || event.event === 'setNone')
  );
}

function takeEffect(cell: Cell, action: string, { router, bug }: Surroundings, queue: CellEvent[]): Cell {
  switch (action) {
    case 'newGeneration':
      // An answer that is in flight is about an older generation now, and of no interest.
      return hearEntry({ ...cell, answer: undefined }, 'age').cell;
    case 'putRule':
      // The request that is under way is about the same generation: its answer will do.
      return cell.answer === undefined ? { ...cell, queued: true } : cell;
    case 'removeRule':
      // Nothing to remove it from (CloudStack: a network without a router is a success).
      if (router === 'absent') queue.push({ to: 'rule', event: 'routerDestroyed' });
      return cell.answer === undefined ? { ...cell, queued: true } : cell;
    default:
      return action === 'tellFailed' && bug === 'runaway-scale-up' ? forgetFailed(cell) : cell;
  }
}

/** The VM is there, and no group counts it. */
function forgetFailed(cell: Cell): Cell {
  const failed = cell.members.findIndex((member) => member.value === 'failed');
  const { size } = cell.group.context;
  return withHarm(
    {
      ...cell,
      members: cell.members.with(failed, MACHINES.member.initial(undefined)),
      group: { ...cell.group, context: { ...cell.group.context, size: size - 1 } },
    },
    'leaked',
  );
}

/** An entry hears an event and may answer; one that means nothing to it changes nothing. */
export function hearEntry(
  cell: Cell,
  event: EntryEvent['type'],
): { cell: Cell; answer: (typeof ANSWERS)[keyof typeof ANSWERS] | undefined; heard: boolean } {
  const edge = MACHINES.entry.edge(cell.entry, event);
  if (edge === undefined) return { cell, answer: undefined, heard: false };
  const answers = edge.actions
    .map((action) => answerOf(action, edge.next.context))
    .filter((answer) => answer !== undefined);
  const next = edge.next === cell.entry ? cell : { ...cell, entry: edge.next };
  return { cell: next, answer: answers.at(-1), heard: true };
}

/** Moves one machine; undefined when it has no transition for the event. */
function advance(cell: Cell, event: CellEvent): { cell: Cell; actions: readonly string[] } | undefined {
  switch (event.to) {
    case 'group': {
      const edge = MACHINES.group.edge(cell.group, event.event);
      return edge && { cell: { ...cell, group: edge.next }, actions: edge.actions };
    }
    case 'rule': {
      const edge = MACHINES.rule.edge(cell.rule, event.event);
      if (edge === undefined) return undefined;
      const gone = edge.next.value === 'gone';
      return { cell: gone ? withoutRule(cell) : { ...cell, rule: edge.next }, actions: edge.actions };
    }
    case 'member': {
      const edge = MACHINES.member.edge(memberOf(cell, event.member), event.event);
      return edge && { cell: { ...cell, members: cell.members.with(event.member, edge.next) }, actions: edge.actions };
    }
  }
}

function withoutRule(cell: Cell): Cell {
  return { ...cell, rule: goneRule(), queued: false, answer: undefined, live: 'none', dirty: false };
}

function memberOf(cell: Cell, index: number) {
  const member = cell.members[index];
  if (member === undefined) throw new RangeError(`no member ${index}`);
  return member;
}

function hearers(cell: Cell, action: string): CellEvent[] {
  // Members of a group that is deleted are destroyed one by one, each in a step of its own.
  if (action === 'destroyMembers') return [];
  const route = ROUTES[action];
  if (route === undefined) return [];
  switch (route.to) {
    case 'group':
      return [{ to: 'group', event: route.event }];
    case 'rule':
      return [{ to: 'rule', event: route.event }];
    case 'members':
      return choose(cell, route.choice).map((member) => ({ to: 'member', member, event: route.event }));
    case 'rules':
      return [];
  }
}

function choose(cell: Cell, choice: Choice): number[] {
  const having = (value: string) => cell.members.flatMap((member, index) => (member.value === value ? [index] : []));
  switch (choice) {
    case 'vacant':
      return having('gone').slice(0, 1);
    case 'joining':
      return having('joining');
    case 'victim':
      return [...having('serving'), ...having('failed')].slice(-1);
    case 'present':
      return cell.members.flatMap((member, index) => (member.value === 'gone' ? [] : [index]));
  }
}
