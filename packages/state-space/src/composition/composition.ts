/**
 * The composition that runs, `createSystem` of one group, as the checker explores it: every state and every step of it, by
 * executing the same functions. Nothing is merged, and no step is taken for another.
 *
 * A state is three words: the management side, the channel with the copies of the rule, and the properties of steps that
 * were broken on the way. Management sides and channels are numbered as they are met; what an event does to a management side, and
 * what that does to a channel, is executed once and remembered.
 *
 * @module
 */
import type { Model, Possibility, Successors } from '@limpet/checker';
import {
  type Answer,
  createManagement,
  ENVIRONMENT,
  emptyChannel,
  entryRefusal,
  type GroupState,
  type Local,
  linkRefusal,
  type ManagementEvent,
  type ManagementState,
  type SystemEvent,
  type SystemState,
} from '@limpet/model';
import {
  type Aspect,
  afterReaction,
  afterRouterStep,
  afterTransport,
  type Reaction,
  type TracedChannel,
} from './content.ts';
import { eventsOf, type NamedEvent } from './events.ts';
import { type HappenedEvent, isSettled, PROPERTIES, possibilities, type Side } from './properties.ts';

/** The size of the group, and what the link may do. */
export interface CompositionOptions {
  /** Places for members. */
  members: number;
  /**
   * Without losses no message is lost or doubled, and no time-out ends: what the system then comes to, it owes to nothing but its
   * commands and answers.
   *
   * @defaultValue true
   */
  losses?: boolean;
}

/** What an event does to a management side. */
interface Managed {
  readonly after: number;
  readonly reaction: number;
}

/** What an event of the entry or the link does to a channel. */
interface Moved {
  readonly after: number;
  /** What the rule hears of it. */
  readonly answer: Answer | undefined;
}

/** What the checker explores, with what has to stay possible in it. */
export interface CompositionModel extends Model {
  readonly possibilities: readonly Possibility[];
  /** The state of `createSystem` that is packed at `states[at ..]`. */
  systemStateOf(states: Uint32Array, at: number): SystemState;
  /** The event with this label. */
  eventOf(label: number): SystemEvent;
}

/** The composition of one group and its router as a model for the checker; for one thread, since numbers are given as states are met. */
export function createCompositionModel({ members, losses = true }: CompositionOptions): CompositionModel {
  const management = createManagement({ groups: 1, members });
  const events = eventsOf(members).filter(({ event }) => losses || !isLoss(event));
  const sides = createNumbers<ManagementState>((side) => JSON.stringify(side));
  const views: Side[] = [];
  const channels = createNumbers<TracedChannel>((channel) => JSON.stringify(channel));
  const reactions = createNumbers<Reaction>(reactionKey);
  const managed: (Managed | null)[][] = [];
  const reacted: number[][] = [];
  const moved: (Moved | null)[][] = [];

  const manage = (side: number, at: number, event: ManagementEvent, isAnswer: boolean): Managed | null => {
    const row = rowOf(managed, side);
    const known = row[at];
    if (known !== undefined) return known;
    const before = sides.get(side);
    // An answer that comes late is ignored where it means nothing; all else has to be possible.
    if (!isAnswer && management.refusal(before, event) !== undefined) {
      row[at] = null;
      return null;
    }
    const { state, effects } = management.step(before, event);
    const [was, is] = [before.groups[0]!, state.groups[0]!];
    const reaction = reactions.of({ changed: changedBy(was, event, is), effects, rule: is.rule });
    const done = { after: sides.of(state), reaction };
    row[at] = done;
    return done;
  };
  const react = (channel: number, reaction: number): number => {
    const row = rowOf(reacted, channel);
    const after = row[reaction] ?? channels.of(afterReaction(channels.get(channel), reactions.get(reaction)));
    row[reaction] = after;
    return after;
  };

  /** As the properties read it. */
  const viewOf = (side: number): Side => {
    const known = views[side];
    if (known !== undefined) return known;
    const state = sides.get(side);
    const allowed = new Set(
      ENVIRONMENT.group.filter((event) => management.refusal(state, { to: 'group', group: 0, event }) === undefined),
    );
    const view = { ...state.groups[0]!, router: state.router.value, allowed };
    views[side] = view;
    return view;
  };
  const answers = createNumbers<string>((answer) => answer);
  const routers = createNumbers<string>((router) => router);
  /** What an event of the entry or the link does to a channel while the router is in this state. */
  const move = (channel: number, at: number, router: string): Moved | null => {
    const row = rowOf(moved, channel);
    const column = events.length * routers.of(router) + at;
    const known = row[column];
    if (known !== undefined) return known;
    const done = moveAnew(channels.get(channel), events[at]!.event, router);
    row[column] = done;
    return done;
  };
  const moveAnew = (before: TracedChannel, event: SystemEvent, router: string): Moved | null => {
    if (event.to === 'entry') {
      if (entryRefusal(router, before, event.event) !== undefined) return null;
      return { after: channels.of(afterRouterStep(before, event.event)), answer: undefined };
    }
    if (event.to !== 'link' || linkRefusal(router, before, event.message, event.event) !== undefined) return null;
    const { channel, answer } = afterTransport(before, event.message, event.event);
    return { after: channels.of(channel), answer };
  };

  /** The numbers after an event in `reached`; false when it is not possible. */
  const reached = { side: 0, channel: 0 };
  const take = (side: number, channel: number, at: number): boolean => {
    const { event } = events[at]!;
    let done: Managed | null;
    if (event.to !== 'entry' && event.to !== 'link') done = manage(side, at, event, false);
    else {
      const arrived = move(channel, at, viewOf(side).router);
      if (arrived === null) return false;
      const { after, answer } = arrived;
      if (answer === undefined) {
        reached.side = side;
        reached.channel = after;
        return true;
      }
      channel = after;
      done = manage(side, events.length + answers.of(answer), { to: 'rule', group: 0, event: answer }, true);
    }
    if (done === null) return false;
    reached.side = done.after;
    reached.channel = react(channel, done.reaction);
    return true;
  };

  const withoutFaults = (label: number): boolean => events[label]!.kind !== 'fault';
  const keepingBounds = (label: number): boolean => withoutFaults(label) && !isOfBounds(events[label]!.event);
  const initial = [
    sides.of(management.initial),
    channels.of({ ...emptyChannel, command: 'none', given: 'none', loaded: 'none' }),
    0,
  ];
  const inStep = PROPERTIES.flatMap(({ holdsInStep }, bit) => (holdsInStep ? [{ bit, holdsInStep }] : []));
  const inState = PROPERTIES.flatMap(({ holds }, bit) => (holds ? [{ bit, holds }] : []));
  const isManagements = events.map(({ event }) => event.to !== 'entry' && event.to !== 'link');
  const happened: readonly HappenedEvent[] = events.map(({ event }) => event as HappenedEvent);

  return {
    name: `the composition, 1 group of at most ${members}${losses ? '' : ', no message lost'}`,
    words: 3,
    initial: [initial],
    maxSuccessors: events.length,
    successors(states: Uint32Array, at: number, out: Successors): void {
      const [side, channel, broken] = [states[at]!, states[at + 1]!, states[at + 2]!];
      const view = viewOf(side);
      const copies = { before: channels.get(channel), after: channels.get(channel) };
      out.count = 0;
      for (let e = 0; e < events.length; e++) {
        if (events[e]!.when?.(view) === false) continue;
        if (!take(side, channel, e)) continue;
        let mask = broken;
        if (isManagements[e] || reached.side !== side) {
          copies.after = channels.get(reached.channel);
          for (const { bit, holdsInStep } of inStep)
            if (!holdsInStep(view, happened[e]!, viewOf(reached.side), copies)) mask |= 1 << bit;
        }
        out.labels[out.count] = e;
        const to = out.count++ * 3;
        out.states[to] = reached.side;
        out.states[to + 1] = reached.channel;
        out.states[to + 2] = mask >>> 0;
      }
    },
    violations(states: Uint32Array, at: number): number {
      const [view, channel] = [viewOf(states[at]!), channels.get(states[at + 1]!)];
      let violated = states[at + 2]!;
      for (const { bit, holds } of inState) if (!holds(view, channel)) violated |= 1 << bit;
      return violated;
    },
    systemStateOf: (states, at) => {
      const { entry, inFlight } = channels.get(states[at + 1]!);
      return { ...sides.get(states[at]!), entries: [entry], link: [inFlight] };
    },
    eventOf: (label) => events[label]!.event,
    possibilities: possibilities(members).map(({ name, sentence, from, to, keepsBounds }) => ({
      name,
      sentence,
      from: (states, at) => from(viewOf(states[at]!)),
      to: (states, at) => to(viewOf(states[at]!), channels.get(states[at + 1]!)),
      by: keepsBounds ? keepingBounds : withoutFaults,
    })),
    invariants: PROPERTIES.map(({ name, sentence, upstream }) => ({ name, sentence, upstream })),
    quiescent: (states, at) => isSettled(viewOf(states[at]!), channels.get(states[at + 1]!)),
    kindOf: (label) => events[label]!.kind,
    describeStep: (label) => ({ lane: events[label]!.lane, text: events[label]!.text }),
    describeState: (states, at) => describe(viewOf(states[at]!), channels.get(states[at + 1]!)),
  };
}

function isOfBounds({ event }: SystemEvent): boolean {
  return event === 'raiseMin' || event === 'lowerMin' || event === 'raiseMax' || event === 'lowerMax';
}

function isLoss(event: NamedEvent['event']): boolean {
  return (event.to === 'link' && event.event !== 'deliver') || (event.to === 'rule' && event.event === 'timeout');
}

/** What of the rule is different now, for its clients. */
function changedBy(was: GroupState, event: ManagementEvent, is: GroupState): Aspect | undefined {
  if (was.rule.context.stickiness !== is.rule.context.stickiness) return 'stickiness';
  if (event.to === 'rule' && event.event === 'update') return 'attributes';
  return membersOf(was) === membersOf(is) ? undefined : 'members';
}

/** The rule's members, as its clients meet them: with new clients, with those that they have, or not at all. */
function membersOf({ members }: GroupState): string {
  return members
    .map(({ value }) => (value === 'joining' || value === 'serving' ? 's' : value === 'draining' ? 'd' : '-'))
    .join('');
}

function reactionKey({ changed, effects, rule }: Reaction): string {
  const isAll = effects.some(({ type }) => type === 'syncRules');
  return `${changed} ${effects.map(({ type }) => type).join()} ${isAll ? rule.value : ''}`;
}

function describe({ router, group, rule, members }: Side, channel: TracedChannel): Record<string, string> {
  const { entry, inFlight, loaded } = channel;
  return {
    'group 1': `${group.value}, ${group.context.size} of ${group.context.min} to ${group.context.max}`,
    'rule 1': `${rule.value}, stickiness ${rule.context.stickiness}, in force: ${rule.context.inForce}`,
    'members 1': members.map((member: Local<unknown>) => member.value).join(', '),
    'entry 1': `${entry.value}, generation ${entry.context.generation}, loaded: ${loaded}`,
    'link 1': Object.values(inFlight).join(', '),
    router,
  };
}

function rowOf<T>(rows: T[][], at: number): T[] {
  const row = rows[at] ?? [];
  rows[at] = row;
  return row;
}

/** Numbers values in the order in which they come, equal ones alike. */
function createNumbers<T>(keyOf: (value: T) => string) {
  const numbers = new Map<string, number>();
  const values: T[] = [];
  return {
    of(value: T): number {
      const key = keyOf(value);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, values.length);
      return values.push(value) - 1;
    },
    get: (number: number): T => values[number]!,
  };
}
