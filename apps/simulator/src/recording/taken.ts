import { enabledTransitions } from '@limpet/inspection';
import { createTable, type Local } from '@limpet/model';
import type { AnyStateMachine } from 'xstate';

/** A step of one machine: the event that it heard, and the transitions that it took. */
export interface Taken {
  event: string;
  transitions: string[];
}

/** Finds what led a machine from one state to another. */
export interface StepFinder {
  /** @param event - the event, when it is known; of a signal between machines it is not */
  find(before: Local<unknown>, after: Local<unknown>, event?: string): Taken | undefined;
}

/**
 * Signals between the model's machines leave no event. What a machine heard is found again: the event that leads from the one
 * state to the other, when there is one only.
 */
export function createStepFinder(machine: AnyStateMachine): StepFinder {
  const table = createTable(machine);
  const known = new Map<string, Taken | undefined>();
  const taken = (before: Local<unknown>, type: string): Taken => ({
    event: type,
    transitions: enabledTransitions(machine, before, { type }),
  });
  const search = (before: Local<unknown>, after: string): Taken | undefined => {
    const events = machine.events.filter((type) => {
      const edge = table.edge(before, type);
      return edge !== undefined && keyOf(edge.next) === after;
    });
    return events.length === 1 ? taken(before, events[0]!) : undefined;
  };
  return {
    find(before, after, event) {
      const key = `${keyOf(before)} ${keyOf(after)} ${event ?? ''}`;
      if (!known.has(key)) known.set(key, event === undefined ? search(before, keyOf(after)) : taken(before, event));
      return known.get(key);
    },
  };
}

const keyOf = ({ value, context }: Local<unknown>): string => JSON.stringify([value, context]);
