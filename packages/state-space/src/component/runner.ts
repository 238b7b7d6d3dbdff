/**
 * Runs `createSystem` of one group, event by event, from one numbered state to another.
 *
 * @module
 */
import {
  createChannels,
  type InFlight,
  type ManagementState,
  PARTS,
  type SystemEvent,
  withMessage,
} from '@limpet/model';
import { createContent } from '../composition/content.ts';
import { createEvaluation } from '../composition/evaluation.ts';
import { systemEventsOf } from '../composition/events.ts';
import type { Side } from '../composition/property.ts';
import { createSteps, sortMembers } from '../composition/steps.ts';
import type { Bug } from './bugs.ts';
import type { Cell } from './cell.ts';

/** A cell and its router, by numbers. */
export interface At {
  readonly side: number;
  readonly channel: number;
  /** The properties of steps that were broken on the way, as bits. */
  readonly broken: number;
}

/** What a runner can do. */
export interface Runner {
  /** Nothing was ever created, and the router is absent. */
  readonly initial: At;
  sideOf(at: At): Side;
  cellOf(at: At): Cell;
  /** The properties that do not hold here, or were broken on the way, as bits by their place in `PROPERTIES`. */
  violatedAt(at: At): number;
  /** Takes an event; undefined when it is not possible. */
  take(at: At, event: SystemEvent): At | undefined;
  /** Takes the events that are possible, one after the other. */
  takeAny(at: At, ...events: SystemEvent[]): At;
  /** Puts a message on the link: a copy that the link kept of one that it carried before. */
  keepCopy(at: At, message: InFlight): At;
  /** As the event `apply` of the entry, and HAProxy keeps what it has. */
  applyUnloaded(at: At): At;
  /** The router forgets the rule, and the link goes on. */
  drop(at: At): At;
  /** The same for every order of the members, and for every kind of stickiness. */
  fold(at: At, what: { members: boolean; stickiness: boolean }): At;
}

/** @param members - places for members */
export function createRunner(members: number, bug: Pick<Bug, 'edit'> | undefined): Runner {
  const parts = bug?.edit?.(PARTS) ?? PARTS;
  const content = createContent(createChannels(parts.entry));
  const events = systemEventsOf(members).map((event) => ({ event }));
  const numbers = new Map(events.map(({ event }, number) => [nameOf(event), number]));
  const steps = createSteps({ members, symmetry: false, events, parts });
  const { reached, sideOf, channelOf } = steps;
  const evaluation = createEvaluation(
    steps,
    events.map(({ event }) => event),
  );

  const take: Runner['take'] = (at, event) => {
    const number = numbers.get(nameOf(event));
    if (number === undefined) throw new RangeError(`no event ${nameOf(event)}`);
    if (!steps.take(at.side, at.channel, number)) return undefined;
    const { side, channel } = reached;
    return { side, channel, broken: (at.broken | evaluation.ofStep(at.side, at.channel, number)) >>> 0 };
  };
  const takeAny: Runner['takeAny'] = (at, ...some) => some.reduce((next, event) => take(next, event) ?? next, at);
  const changed = (at: At, change: Parameters<typeof steps.changeChannel>[1]): At => ({
    ...at,
    channel: steps.changeChannel(at.channel, change),
  });
  const folded = new Map<string, number>();
  const foldSide = (side: number, what: { members: boolean; stickiness: boolean }): number => {
    const key = `${side} ${what.members} ${what.stickiness}`;
    const known =
      folded.get(key) ??
      steps.changeSide(side, (state) => {
        const sorted = what.members ? sortMembers(state) : state;
        return what.stickiness ? withoutKind(sorted) : sorted;
      });
    folded.set(key, known);
    return known;
  };
  const { side, channel } = steps.initial;
  return {
    // A group whose set-up failed, and a rule that was rejected: as if nothing had been.
    initial: takeAny(
      { side, channel, broken: 0 },
      { to: 'group', group: 0, event: 'configureFailed' },
      { to: 'rule', group: 0, event: 'reject' },
    ),
    sideOf: (at) => sideOf(at.side),
    cellOf: (at) => {
      const { group, rule, members: vms } = sideOf(at.side);
      return { group, rule, members: vms, ...channelOf(at.channel) };
    },
    violatedAt: (at) => (at.broken | evaluation.ofState(at.side, at.channel)) >>> 0,
    take,
    takeAny,
    keepCopy: (at, message) =>
      changed(at, (before) => ({ ...before, inFlight: withMessage(before.inFlight, message) })),
    applyUnloaded: (at) =>
      changed(at, (before) => ({ ...content.afterRouterStep(before, 'apply'), loaded: before.loaded })),
    drop: (at) => changed(at, (before) => content.afterRouterStep(before, 'wipe')),
    fold: (at, what) => ({ ...at, side: foldSide(at.side, what) }),
  };
}

/** All kinds of stickiness as one: nothing but a change from one to the other depends on them, and it has the same name in both. */
function withoutKind(state: ManagementState): ManagementState {
  const groups = state.groups.map((group) => {
    const { value, context } = group.rule;
    return { ...group, rule: { value, context: { ...context, stickiness: 'none' as const } } };
  });
  return { ...state, groups };
}

function nameOf(event: SystemEvent): string {
  const of = event.to === 'member' ? event.member : event.to === 'link' ? event.message : '';
  return `${event.to} ${event.event} ${of}`;
}
