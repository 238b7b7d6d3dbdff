/**
 * What all actors are at a moment of a run, made from its messages.
 *
 * @module
 */
import type { Json, Message } from '@limpet/inspection';

/** An actor at a moment. Never changed: a new one takes its place. */
export interface ActorState {
  readonly id: string;
  readonly machine: string;
  readonly name: string;
  readonly group: string | undefined;
  /** Ids of the active states. */
  readonly active: ReadonlySet<string>;
  readonly context: Json | undefined;
  readonly status: string;
  /** The transitions that are taken if their event comes now; undefined where that is not known. */
  readonly enabled: readonly string[] | undefined;
  /** The transitions of its latest microstep, and the number of the message that told of it. */
  readonly taken: readonly string[];
  readonly takenAt: number;
  /** The last verdict on it, and what was seen. */
  readonly verdict: 'holds' | 'violated' | 'unknown' | undefined;
  readonly saw: string | undefined;
  /** The last command that it sent, and the last answer that it got. */
  readonly command: string | undefined;
  readonly ack: string | undefined;
  /** The conditions in that answer: `InForce False (Standby)`. */
  readonly conditions: readonly string[];
  /** The generation of its last command, and the one that an answer was about. */
  readonly desired: number | undefined;
  readonly observed: number | undefined;
  /** When it last asked for something that is not verified yet, in the time of the run. */
  readonly askedAt: number | undefined;
  /** Milliseconds from the last command to its verification. */
  readonly lagMs: number | undefined;
}

/** All actors, by id, in the order in which they began. */
export type RunState = Map<string, ActorState>;

const NOTHING: Omit<ActorState, 'id'> = {
  machine: '',
  name: '',
  group: undefined,
  active: new Set(),
  context: undefined,
  status: 'active',
  enabled: undefined,
  taken: [],
  takenAt: 0,
  verdict: undefined,
  saw: undefined,
  command: undefined,
  ack: undefined,
  conditions: [],
  desired: undefined,
  observed: undefined,
  askedAt: undefined,
  lagMs: undefined,
};

/** Whether an actor is over: a rule that was removed, a machine that was stopped. */
export const isOver = ({ status }: ActorState): boolean => status === 'stopped';

/** Takes one message into the state; returns the id of the actor that it changed, if any. */
export function takeMessage(state: RunState, message: Message): string | undefined {
  if (!('actor' in message) || message.actor === undefined) return undefined;
  const before = state.get(message.actor) ?? { id: message.actor, ...NOTHING, name: message.actor };
  const after = changed(before, message);
  if (after === before) return undefined;
  state.set(message.actor, after);
  return message.actor;
}

function changed(actor: ActorState, message: Message): ActorState {
  switch (message.kind) {
    case 'actor':
      // It begins: what another one of that id was before is over.
      return { id: actor.id, ...NOTHING, machine: message.machine, name: message.name, group: message.group };
    case 'transition':
      return { ...actor, active: new Set(message.states), taken: message.transitions, takenAt: message.seq };
    case 'snapshot':
      return {
        ...actor,
        active: new Set(message.states),
        context: message.context,
        status: message.status,
        enabled: message.enabled,
      };
    case 'verification':
      return {
        ...actor,
        verdict: message.verdict,
        saw: message.saw,
        ...(message.verdict === 'holds' && actor.askedAt !== undefined
          ? { lagMs: message.at - actor.askedAt, askedAt: undefined }
          : {}),
      };
    case 'command':
      return {
        ...actor,
        command: message.command,
        desired: generationIn(message.payload) ?? actor.desired,
        // Sent again, it still waits since it was first asked for.
        askedAt: actor.askedAt ?? message.at,
      };
    case 'ack':
      return {
        ...actor,
        ack: message.answer,
        conditions: textsIn(message.payload?.conditions),
        observed: generationIn(message.payload) ?? actor.observed,
      };
    default:
      return actor;
  }
}

function generationIn(payload: Readonly<Record<string, Json>> | undefined): number | undefined {
  const generation = payload?.generation;
  return typeof generation === 'number' ? generation : undefined;
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
