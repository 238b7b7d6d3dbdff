import type { AnyMachineSnapshot, AnyStateMachine, InspectionEvent, Observer } from 'xstate';
import { isMachine, transitionIds } from '../machine/describe-machine.ts';
import type { Body } from './messages.ts';
import { plainEvent, plainJson } from './plain-json.ts';

/**
 * An observer for XState's option `inspect`: it writes what actors do into a feed, microsteps too.
 *
 * @param record - such as `recorder.record`
 * @example
 * createActor(machine, { inspect: inspectActors(recorder.record) }).start();
 */
export function inspectActors(record: (body: Body) => void): Observer<InspectionEvent> {
  const known = new WeakMap<AnyStateMachine, ReadonlyMap<unknown, string>>();
  const idsOf = (machine: AnyStateMachine): ReadonlyMap<unknown, string> => {
    const ids = known.get(machine) ?? transitionIds(machine);
    known.set(machine, ids);
    return ids;
  };
  return {
    next(inspected) {
      const body = bodyOf(inspected, idsOf);
      if (body !== undefined) record(body);
    },
  };
}

function bodyOf(
  inspected: InspectionEvent,
  idsOf: (machine: AnyStateMachine) => ReadonlyMap<unknown, string>,
): Body | undefined {
  const ref = inspected.actorRef as { sessionId: string; id?: string; logic?: unknown };
  const actor = ref.sessionId;
  switch (inspected.type) {
    case '@xstate.actor': {
      const machine = isMachine(ref.logic) ? ref.logic.id : '';
      return { kind: 'actor', actor, machine, name: ref.id ?? actor };
    }
    case '@xstate.event': {
      const source = inspected.sourceRef?.sessionId;
      return {
        kind: 'event',
        actor,
        ...(source === undefined ? {} : { source }),
        event: plainEvent(inspected.event),
      };
    }
    case '@xstate.microstep': {
      const snapshot = inspected.snapshot as AnyMachineSnapshot;
      const ids = idsOf(snapshot.machine);
      return {
        kind: 'transition',
        actor,
        event: plainEvent(inspected.event),
        transitions: inspected._transitions.map((each) => ids.get(each)).filter((id) => id !== undefined),
        states: activeStates(snapshot),
      };
    }
    case '@xstate.snapshot': {
      const { status } = inspected.snapshot;
      if (!isMachine(ref.logic)) return { kind: 'snapshot', actor, states: [], status };
      const snapshot = inspected.snapshot as AnyMachineSnapshot;
      return { kind: 'snapshot', actor, states: activeStates(snapshot), context: plainJson(snapshot.context), status };
    }
    default:
      return undefined;
  }
}

/** Ids of the active states, each with its parents. */
export function activeStates(snapshot: AnyMachineSnapshot): string[] {
  return (snapshot._nodes as { id: string }[]).map(({ id }) => id);
}
