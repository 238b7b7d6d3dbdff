/**
 * The composition that runs, `createSystem` of one group, as the checker explores it: every state and every step of it. Only
 * members that are alike are taken for each other.
 *
 * A state is three words: the management side, the channel with the copies of the rule, and the properties of steps that
 * were broken on the way.
 *
 * @module
 */
import type { Model, Possibility, Successors } from '@limpet/checker';
import type { Local, Parts, SystemEvent, SystemState } from '@limpet/model';
import type { TracedChannel } from './content.ts';
import { createEvaluation } from './evaluation.ts';
import { eventsOf } from './events.ts';
import { isLoss } from './host-needs.ts';
import { type Actors, isSettled, possibilities } from './possibilities.ts';
import { PROPERTIES } from './properties.ts';
import type { Side } from './property.ts';
import { createSteps } from './steps.ts';

/** The size of the group, and what the link may do. */
export interface CompositionOptions {
  /** Places for members. */
  members: number;
  /**
   * Without losses no message is lost or doubled, no time-out ends, and no host takes from a rule what it needs: what the system then
   * comes to, it owes to nothing but its commands and answers, and a number of steps is enough for it.
   *
   * @defaultValue true
   */
  losses?: boolean;
  /** Of states that differ only in the order of the members, explore one. @defaultValue true */
  symmetry?: boolean;
  /** The statecharts, also with a mistake that is to be tried. @defaultValue the model's */
  parts?: Parts;
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
export function createCompositionModel({
  members,
  losses = true,
  symmetry = true,
  parts,
}: CompositionOptions): CompositionModel {
  const events = eventsOf(members).filter(({ event }) => losses || !isLeftOut(event));
  const steps = createSteps({ members, symmetry, events, ...(parts && { parts }) });
  const { initial, reached, take, sideOf, channelOf } = steps;
  const actors: Readonly<Record<Actors, Possibility['by']>> = {
    scaling: (label) =>
      events[label]!.kind !== 'fault' && !(events[label]!.kind === 'environment' && isOfSize(events[label]!.event)),
    router: (label) => events[label]!.kind !== 'fault' && events[label]!.event.to === 'entry',
  };
  const evaluation = createEvaluation(
    steps,
    events.map(({ event }) => event),
    losses,
  );

  const write = (states: Uint32Array, at: number, out: Successors, as: 'side' | 'inPlace'): void => {
    const [number, channel, broken] = [states[at]!, states[at + 1]!, states[at + 2]!];
    out.count = 0;
    const append = (event: number): void => {
      take(number, channel, event);
      out.labels[out.count] = event;
      const to = out.count++ * 3;
      out.states[to] = reached[as];
      out.states[to + 1] = reached.channel;
      out.states[to + 2] = (broken | evaluation.ofStep(number, channel, event)) >>> 0;
    };
    for (const event of steps.eventsOfSide(number)) append(event);
    for (const event of steps.eventsOfChannel(channel, sideOf(number).router)) append(event);
  };

  return {
    name: `the composition, 1 group of at most ${members}${losses ? '' : ', no message lost'}`,
    words: 3,
    initial: [[initial.side, initial.channel, 0]],
    maxSuccessors: events.length,
    successors: (states, at, out) => write(states, at, out, 'side'),
    // In a run that people read, a member keeps its place.
    ...(symmetry && { successorsInPlace: (states, at, out) => write(states, at, out, 'inPlace') }),
    violations: (states, at) => (states[at + 2]! | evaluation.ofState(states[at]!, states[at + 1]!)) >>> 0,
    systemStateOf: (states, at) => steps.systemStateOf(states[at]!, states[at + 1]!),
    eventOf: (label) => events[label]!.event,
    possibilities: possibilities(members).map(({ name, sentence, from, to, by }) => ({
      name,
      sentence,
      from: (states, at) => from(sideOf(states[at]!), channelOf(states[at + 1]!)),
      to: (states, at) => to(sideOf(states[at]!), channelOf(states[at + 1]!)),
      by: actors[by],
    })),
    invariants: PROPERTIES.map(({ name, sentence, upstream }) => ({ name, sentence, upstream })),
    quiescent: (states, at) => isSettled(sideOf(states[at]!), channelOf(states[at + 1]!)),
    kindOf: (label) => events[label]!.kind,
    describeStep: (label) => ({ lane: events[label]!.lane, text: events[label]!.text }),
    describeState: (states, at) => describe(sideOf(states[at]!), channelOf(states[at + 1]!)),
  };
}

/** What a user does to the size of a group, or to its bounds; a group that is created anew has another size, too. */
function isOfSize({ to, event }: SystemEvent): boolean {
  if (to === 'place') return true;
  return to === 'group'
    ? event === 'raiseMin' || event === 'lowerMin' || event === 'raiseMax' || event === 'lowerMax'
    : to === 'member' && event === 'destroy';
}

function isLeftOut(event: SystemEvent): boolean {
  const { to } = event;
  if (to === 'link') return event.event !== 'deliver';
  return (to === 'rule' && event.event === 'timeout') || (to === 'entry' && isLoss(event.event));
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
