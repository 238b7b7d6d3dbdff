import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventObject,
} from 'xstate';
import { activeStates, inspectActors } from '../feed/inspect-actors.ts';
import type { Body } from '../feed/messages.ts';
import { plainEvent, plainJson } from '../feed/plain-json.ts';
import { transitionIds } from '../machine/describe-machine.ts';

/** A machine that is played by hand: its guards and assignments run, its other actions, timers and invoked actors do not. */
export interface Player {
  /** The id of its actor in the feed. */
  readonly actor: string;
  /**
   * Steps the machine; what happens is recorded.
   *
   * @throws Error of a guard or an assignment that the event does not suit
   */
  send(event: EventObject): void;
}

/** How a machine is played. */
export interface PlayOptions {
  /** Such as `recorder.record`. */
  record: (body: Body) => void;
  /** Of the machine. */
  input?: unknown;
  /** The machine's id in its description. @defaultValue its own */
  machineId?: string;
}

/**
 * Begins to play a machine: records that it begins, and its initial state.
 *
 * @throws Error when it has no initial state without an input, or not with this one
 */
export function createPlayer(machine: AnyStateMachine, { record, input, machineId = machine.id }: PlayOptions): Player {
  // Never started: it lends its system, through which XState tells of each microstep.
  const self = createActor(machine, { input, inspect: inspectActors(recordMicrostep) });
  const actor = self.sessionId;
  const scope: AnyActorScope = {
    self,
    id: actor,
    sessionId: actor,
    system: self.system,
    logger: () => {},
    defer: () => {},
    stopChild: () => {},
    emit: () => {},
    actionExecutor: () => {},
  };
  const ids = transitionIds(machine);
  let snapshot: AnyMachineSnapshot = machine.getInitialSnapshot(scope, input);
  // XState keeps what the context's function throws.
  if (snapshot.status === 'error') throw snapshot.error;

  const show = (): void =>
    record({
      kind: 'snapshot',
      actor,
      states: activeStates(snapshot),
      context: plainJson(snapshot.context),
      status: snapshot.status,
      enabled: enabled(machine, snapshot, ids),
    });

  record({ kind: 'actor', actor, machine: machineId, name: machineId });
  show();
  return {
    actor,
    send(event) {
      record({ kind: 'event', actor, event: plainEvent(event) });
      try {
        snapshot = machine.transition(snapshot, event, scope);
      } catch (error) {
        record({ kind: 'fault', actor, what: error instanceof Error ? error.message : String(error) });
        throw error;
      }
      show();
    },
  };

  function recordMicrostep(body: Body): void {
    if (body.kind === 'transition') record({ ...body, event: plainEvent(body.event ?? { type: '' }) });
  }
}

/** The ids of the transitions that are taken if their event comes now, without more than its type. */
function enabled(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, ids: ReadonlyMap<unknown, string>): string[] {
  return machine.events.flatMap((type: string) => {
    try {
      return machine
        .getTransitionData(snapshot, { type })
        .map((transition: unknown) => ids.get(transition))
        .filter((id: string | undefined) => id !== undefined);
    } catch {
      // A guard that needs more of the event than its type says nothing about it.
      return [];
    }
  });
}
