/**
 * The steps of the composition of one group, by executing its functions. Management sides and channels are numbered as they are met;
 * what an event does to a management side, and what that does to a channel, is executed once and remembered.
 *
 * @module
 */
import {
  type Answer,
  createChannels,
  createManagement,
  type GroupState,
  linkRefusal,
  type ManagementEvent,
  type ManagementState,
  PARTS,
  type Parts,
  type SystemEvent,
  type SystemState,
} from '@limpet/model';
import { type Aspect, createContent, type Reaction, type TracedChannel } from './content.ts';
import { type NamedEvent, systemEventsOf } from './events.ts';
import { eventName, type Side } from './property.ts';

/** What an event does to a management side. */
interface Managed {
  readonly number: number;
  readonly after: number;
  /** The same, with every member in its place. */
  readonly inPlace: number;
  readonly reaction: number;
}

/** What an event of the entry or the link does to a channel. */
export interface Moved {
  readonly after: number;
  /** What the rule hears of it. */
  readonly answer: Answer | undefined;
}

/** Where a step led to, by numbers. */
export interface Reached {
  side: number;
  /** The management side with every member in its place; the same as `side` without symmetry. */
  inPlace: number;
  channel: number;
  /** The number of what happened to the management side: one of its states and one event, with the answer that it heard; -1 for nothing. */
  sideStep: number;
}

/** Steps between numbered management sides and channels. */
export interface Steps {
  readonly initial: Readonly<Reached>;
  /** Where the last step that `take` took led to; it is written again and again. */
  readonly reached: Readonly<Reached>;
  /** The numbers of the events that can happen to a management side, in their order. */
  eventsOfSide(side: number): readonly number[];
  /** The numbers of the events of the entry and the link that are possible while the router is in this state, in their order. */
  eventsOfChannel(channel: number, router: string): readonly number[];
  /** Takes the event with this number; false when it is not possible. */
  take(side: number, channel: number, event: number): boolean;
  /** What the event with this number does to a channel before the rule has heard of it; null when it is not possible, or none of a channel. */
  move(channel: number, event: number, router: string): Moved | null;
  sideOf(side: number): Side;
  channelOf(channel: number): TracedChannel;
  /** The number of a side that differs from a known one. */
  changeSide(side: number, change: (state: ManagementState) => ManagementState): number;
  /** As `changeSide`. */
  changeChannel(channel: number, change: (channel: TracedChannel) => TracedChannel): number;
  systemStateOf(side: number, channel: number): SystemState;
}

/** The steps of one group. */
export interface StepsOptions {
  /** Places for members. */
  readonly members: number;
  /** Members are interchangeable: the sides that `take` leads to have them in one order. */
  readonly symmetry: boolean;
  /** What can happen; `take` has the number of one. */
  readonly events: readonly Pick<NamedEvent, 'event' | 'when'>[];
  /** @defaultValue the model's */
  readonly parts?: Parts;
}

/** The steps of the group that the options describe. */
export function createSteps({ members, symmetry, events, parts = PARTS }: StepsOptions): Steps {
  const management = createManagement({ groups: 1, members }, parts);
  const rules = createChannels(parts.entry);
  const content = createContent(rules);
  const sides = createNumbers<ManagementState>((side) => JSON.stringify(side));
  const views: Side[] = [];
  const channels = createNumbers<TracedChannel>((channel) => JSON.stringify(channel));
  const reactions = createNumbers<Reaction>(reactionKey);
  const managed: (Managed | null)[][] = [];
  const reacted: number[][] = [];
  const moved: (Moved | null)[][] = [];
  let sideSteps = 0;

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
    const done = { number: sideSteps++, after: inOrder(sides.of(state)), inPlace: sides.of(state), reaction };
    row[at] = done;
    return done;
  };
  const react = (channel: number, reaction: number): number => {
    const row = rowOf(reacted, channel);
    const after = row[reaction] ?? channels.of(content.afterReaction(channels.get(channel), reactions.get(reaction)));
    row[reaction] = after;
    return after;
  };

  /** As the properties read it. */
  const viewOf = (side: number): Side => {
    const known = views[side];
    if (known !== undefined) return known;
    const state = sides.get(side);
    const isAllowed = (event: ManagementEvent): boolean => management.refusal(state, event) === undefined;
    const allowed = new Set(managementEvents(members).filter(isAllowed).map(eventName));
    const heard = management.step(state, { to: 'rule', group: 0, event: 'outdated' });
    const onOutdated = { rule: heard.state.groups[0]!.rule, effects: heard.effects.map(({ type }) => type) };
    const view = { ...state.groups[0]!, router: state.router.value, allowed, onOutdated };
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
      if (rules.entryRefusal(router, before, event.event) !== undefined) return null;
      return { after: channels.of(content.afterRouterStep(before, event.event)), answer: undefined };
    }
    if (event.to !== 'link' || linkRefusal(router, before, event.message, event.event) !== undefined) return null;
    const { channel, answer } = content.afterTransport(before, event.message, event.event);
    return { after: channels.of(channel), answer };
  };

  const ordered: number[] = [];
  /** The side with its members in order; a run that people read has them in place. */
  const inOrder = (side: number): number => {
    const known = ordered[side] ?? (symmetry ? sides.of(sortMembers(sides.get(side))) : side);
    ordered[side] = known;
    return known;
  };
  const reached: Reached = { side: 0, inPlace: 0, channel: 0, sideStep: -1 };
  const take = (side: number, channel: number, at: number): boolean => {
    const { event } = events[at]!;
    let done: Managed | null;
    if (!isOfChannel(event)) done = manage(side, at, event, false);
    else {
      const arrived = move(channel, at, viewOf(side).router);
      if (arrived === null) return false;
      const { after, answer } = arrived;
      if (answer === undefined) {
        reached.side = inOrder(side);
        reached.inPlace = side;
        reached.channel = after;
        reached.sideStep = -1;
        return true;
      }
      channel = after;
      const heard: ManagementEvent = { to: 'rule', group: 0, event: answer };
      done = manage(side, events.length * (1 + answers.of(answer)) + at, heard, true);
    }
    if (done === null) return false;
    reached.side = done.after;
    reached.inPlace = done.inPlace;
    reached.channel = react(channel, done.reaction);
    reached.sideStep = done.number;
    return true;
  };

  const numbersOf = (belongs: (event: SystemEvent) => boolean): number[] =>
    events.flatMap(({ event }, at) => (belongs(event) ? [at] : []));
  const ofChannels = numbersOf(isOfChannel);
  const ofSides = numbersOf((event) => !isOfChannel(event));
  const happening: number[][] = [];
  const eventsOfSide = (side: number): readonly number[] => {
    const known = happening[side];
    if (known !== undefined) return known;
    const view = viewOf(side);
    const possible = ofSides.filter((at) => {
      const { event, when } = events[at]!;
      return when?.(view) !== false && manage(side, at, event as ManagementEvent, false) !== null;
    });
    happening[side] = possible;
    return possible;
  };
  const arriving: number[][][] = [];
  const eventsOfChannel = (channel: number, router: string): readonly number[] => {
    const row = rowOf(arriving, channel);
    const column = routers.of(router);
    const possible = row[column] ?? ofChannels.filter((at) => move(channel, at, router) !== null);
    row[column] = possible;
    return possible;
  };

  const side = sides.of(management.initial);
  return {
    eventsOfSide,
    eventsOfChannel,
    initial: {
      side,
      inPlace: side,
      channel: channels.of(content.empty),
      sideStep: -1,
    },
    reached,
    take,
    move,
    sideOf: viewOf,
    channelOf: channels.get,
    changeSide: (of, change) => sides.of(change(sides.get(of))),
    changeChannel: (of, change) => channels.of(change(channels.get(of))),
    systemStateOf: (of, channel) => {
      const { entry, inFlight } = channels.get(channel);
      return { ...sides.get(of), entries: [entry], link: [inFlight] };
    },
  };
}

const isOfChannel = (event: SystemEvent): event is Exclude<SystemEvent, ManagementEvent> =>
  event.to === 'entry' || event.to === 'link';

/** The events that happen to the management side. */
function managementEvents(members: number): ManagementEvent[] {
  return systemEventsOf(members).filter((event) => !isOfChannel(event));
}

/** The same side for every order of its members. */
export function sortMembers(state: ManagementState): ManagementState {
  const groups = state.groups.map((group) => ({
    ...group,
    members: group.members.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)),
  }));
  return { ...state, groups };
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
