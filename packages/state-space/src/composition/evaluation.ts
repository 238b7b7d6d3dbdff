/**
 * Which properties a state or a step breaks, as bits in the order of `PROPERTIES`. What depends on the management side alone, or on
 * the channel alone, is asked once for each, in steps as in states.
 *
 * @module
 */
import type { SystemEvent } from '@limpet/model';
import { PROPERTIES } from './properties.ts';
import { type ChannelPredicate, eventName, type HappenedEvent } from './property.ts';
import type { Steps } from './steps.ts';

/** Bits of what is broken. */
export interface Evaluation {
  ofState(side: number, channel: number): number;
  /** Of the step that `steps.take` has just taken. */
  ofStep(side: number, channel: number, event: number): number;
}

/**
 * @param events - what can happen, by the numbers that `steps` takes
 * @param losses - false when the events of losses are left out of them
 */
export function createEvaluation(steps: Steps, events: readonly SystemEvent[], losses = true): Evaluation {
  const { sideOf, channelOf, reached, move } = steps;
  const happened: readonly HappenedEvent[] = events.map((event) => event as HappenedEvent);
  const names = new Map(events.map((event, at) => [eventName(event), at]));
  const isManagements = events.map(({ to }) => to !== 'entry' && to !== 'link');
  const [inState, ofSide, ofChannel] = [having('holds'), having('holdsOfSide'), having('holdsOfChannel')];
  const [inStep, inChannelStep] = [having('holdsInStep'), having('holdsInChannelStep')];
  const sides: number[] = [];
  const channels: Record<string, number[]> = {};
  const moves: number[][] = [];
  const sideSteps: SideStep[] = [];
  const around = { before: channelOf(0), after: channelOf(0) };

  const sideBits = (side: number): number => {
    const known = sides[side];
    if (known !== undefined) return known;
    const view = sideOf(side);
    const bits = sum(ofSide, ({ holdsOfSide }) => holdsOfSide(view));
    sides[side] = bits;
    return bits;
  };
  const channelBits = (router: string, channel: number): number => {
    channels[router] ??= [];
    const row = channels[router];
    const known = row[channel];
    if (known !== undefined) return known;
    const can = (name: string): boolean => {
      const at = names.get(name);
      return at === undefined ? !losses : move(channel, at, router) !== null;
    };
    const bits = sum(ofChannel, ({ holdsOfChannel }) => holdsOfChannel(router, channelOf(channel), can));
    row[channel] = bits;
    return bits;
  };
  const moveBits = (channel: number, event: number, router: string): number => {
    moves[channel] ??= [];
    const row = moves[channel];
    const known = row[event];
    if (known !== undefined) return known;
    const after = channelOf(move(channel, event, router)!.after);
    const before = channelOf(channel);
    const bits = sum(inChannelStep, ({ holdsInChannelStep }) => holdsInChannelStep(before, happened[event]!, after));
    row[event] = bits;
    return bits;
  };
  /** Of the step that was taken last, as far as the management side tells; nearly all of the work is done once for many channels. */
  const sideStepOf = (side: number, event: number): SideStep => {
    const known = sideSteps[reached.sideStep];
    if (known !== undefined) return known;
    const [before, after] = [sideOf(side), sideOf(reached.inPlace)];
    let bits = 0;
    const open: SideStep['open'][number][] = [];
    for (const { bit, property } of inStep) {
      const holds = property.holdsInStep(before, happened[event]!, after);
      if (holds === false) bits |= bit;
      else if (holds !== true) open.push({ bit, holds });
    }
    const evaluated = { bits, open };
    sideSteps[reached.sideStep] = evaluated;
    return evaluated;
  };

  return {
    ofState: (side, channel) => {
      const [view, traced] = [sideOf(side), channelOf(channel)];
      let bits = sideBits(side) | channelBits(view.router, channel);
      for (const { bit, property } of inState) if (!property.holds(view, traced)) bits |= bit;
      return bits;
    },
    ofStep: (side, channel, event) => {
      let bits = isManagements[event] ? 0 : moveBits(channel, event, sideOf(side).router);
      if (reached.sideStep < 0) return bits;
      const sideStep = sideStepOf(side, event);
      bits |= sideStep.bits;
      around.before = channelOf(channel);
      around.after = channelOf(reached.channel);
      for (const { bit, holds } of sideStep.open) if (!holds(around)) bits |= bit;
      return bits;
    },
  };
}

/** What a step of the management side breaks, and what must hold of the channel in it. */
interface SideStep {
  readonly bits: number;
  readonly open: readonly { bit: number; holds: ChannelPredicate }[];
}

type Predicate = 'holds' | 'holdsOfSide' | 'holdsOfChannel' | 'holdsInStep' | 'holdsInChannelStep';
type Having<P extends Predicate> = { bit: number; property: Required<Pick<(typeof PROPERTIES)[number], P>> };

/** The properties that have this predicate, with their bits. */
function having<P extends Predicate>(predicate: P): Having<P>[] {
  return PROPERTIES.flatMap((property, at) =>
    property[predicate] === undefined ? [] : [{ bit: 1 << at, property: property as unknown as Having<P>['property'] }],
  );
}

function sum<P extends Predicate>(
  properties: readonly Having<P>[],
  holds: (property: Having<P>['property']) => boolean,
): number {
  return properties.reduce((bits, { bit, property }) => (holds(property) ? bits : bits | bit), 0);
}
