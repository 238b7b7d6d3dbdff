import { createTestModel } from '@xstate/test';
import { describe, expect, it } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, assign, createMachine } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import { command, signal, success } from './commands.ts';
import { entryMachine } from './entry.machine.ts';
import { groupMachine } from './group.machine.ts';
import { memberMachine } from './member.machine.ts';
import { routerMachine } from './router.machine.ts';
import { ruleMachine } from './rule.machine.ts';
import { createTable, type Local } from './table.ts';

const input = { min: 1, max: 2, capacity: 3 };
const machines: [string, AnyStateMachine][] = [
  ['group', groupMachine],
  ['rule', ruleMachine],
  ['member', memberMachine],
  ['router', routerMachine],
  ['entry', entryMachine],
];

interface Path {
  state: Local<unknown>;
  steps: { state: Local<unknown> }[];
}

const keyOf = ({ value, context }: { value: unknown; context: unknown }): string => JSON.stringify([value, context]);
const sorted = (keys: Iterable<string>): string[] => [...new Set(keys)].sort();

/** Our own exploration: breadth-first over the table that the composition runs on. */
function explored(machine: AnyStateMachine): string[] {
  const table = createTable(machine);
  const states = [table.initial(input)];
  const seen = new Set(states.map(keyOf));
  for (const state of states) {
    for (const event of machine.events) {
      const next = table.edge(state, event)?.next;
      if (next && !seen.has(keyOf(next))) {
        seen.add(keyOf(next));
        states.push(next);
      }
    }
  }
  return sorted(seen);
}

const events = (machine: AnyStateMachine) => machine.events.map((type) => ({ type }));
/** Without it, an event that a guard forbids counts as a step to the same state (statelyai/xstate#4146). */
const possible = (state: AnyMachineSnapshot, event: { type: string }): boolean => state.can(event);

/**
 * The same machine for @xstate/test 1.0.0-beta.5, which knows no input, and on XState 5.33 no action but `assign`: those
 * that are only names to us (commands, signals) assign nothing.
 */
function forOldTest(machine: AnyStateMachine): AnyStateMachine {
  const nothing = assign({});
  const names = Object.keys(machine.implementations.actions);
  const silent = names.filter((name) =>
    [command, signal, success].includes(machine.implementations.actions[name] as never),
  );
  const context = createTable(machine).initial(input).context;
  const actions = { ...machine.implementations.actions, ...Object.fromEntries(silent.map((name) => [name, nothing])) };
  return createMachine({ ...machine.config, context } as never, { ...machine.implementations, actions } as never);
}

describe.each(machines)('the states of the %s machine', (_, machine) => {
  it('are those that xstate/graph reaches', () => {
    const map = getAdjacencyMap(machine, { input, events: events(machine), filterEvents: possible } as never);
    expect(sorted(Object.values(map).map(({ state }) => keyOf(state as never)))).toEqual(explored(machine));
  });

  it('are those that @xstate/test makes paths to', () => {
    const model = createTestModel(forOldTest(machine) as never, { events: events(machine) } as never);
    // A path that begins another one is left out: its states are on the way of the longer one.
    const paths = model.getShortestPaths({ filterEvents: possible } as never) as unknown as Path[];
    const states = paths.flatMap(({ state, steps }) => [state, ...steps.map((step) => step.state)]);
    expect(sorted(states.map(keyOf))).toEqual(explored(machine));
  });
});
