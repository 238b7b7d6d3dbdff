/**
 * Which properties a state or a step breaks, as bits in the order of `PROPERTIES`. What depends on the management side alone, or on
 * the channel alone, is asked once for each.
 *
 * @module
 */
import type { SystemEvent } from '@limpet/model';
import { PROPERTIES } from './properties.ts';
import { eventName, type HappenedEvent } from './property.ts';
import type { Steps } from './steps.ts';

/** Bits of what is broken. */
export interface Evaluation {
  ofState(side: number, channel: number): number;
  /** Of the step that `steps.take` has just taken. */
  ofStep(side: number, channel: number, event: number): number;
}

/** @param events - what can happen, by the numbers that `steps` takes */
export function createEvaluation(steps: Steps, events: readonly SystemEvent[]): Evaluation {
  const { sideOf, channelOf, reached, move } = steps;
  const happened: readonly HappenedEvent[] = events.map((event) => event as HappenedEvent);
  const names = new Map(events.map((event, at) => [eventName(event), at]));
  const isManagements = events.map(({ to }) => to !== 'entry' && to !== 'link');
  const isHeard = events.map(
    (event, at) => isManagements[at] || (event.to === 'link' && event.message === 'answer' && event.event !== 'lose'),
  );
  const [inState, ofSide, ofChannel] = [having('holds'), having('holdsOfSide'), having('holdsOfChannel')];
  const [inStep, inChannelStep] = [having('holdsInStep'), having('holdsInChannelStep')];
  const sides: number[] = [];
  const channels: Record<string, number[]> = {};
  const moves: number[][] = [];
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
      // Where no message is lost, there is no such event.
      return at === undefined || move(channel, at, router) !== null;
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

  return {
    ofState: (side, channel) => {
      const [view, traced] = [sideOf(side), channelOf(channel)];
      let bits = sideBits(side) | channelBits(view.router, channel);
      for (const { bit, property } of inState) if (!property.holds(view, traced)) bits |= bit;
      return bits;
    },
    ofStep: (side, channel, event) => {
      const before = sideOf(side);
      let bits = isManagements[event] ? 0 : moveBits(channel, event, before.router);
      if (!isHeard[event]) return bits;
      around.before = channelOf(channel);
      around.after = channelOf(reached.channel);
      const after = sideOf(reached.inPlace);
      for (const { bit, property } of inStep)
        if (!property.holdsInStep(before, happened[event]!, after, around)) bits |= bit;
      return bits;
    },
  };
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
