/**
 * Runs a statechart in all of its states, so that what no reader of its structure sees is refused before anything is
 * generated or checked: a guard or an action that throws, and a context that grows without bound.
 *
 * @module
 */
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import { CodegenError } from './errors.ts';

/** The largest machine of ours has a few hundred states with its context. */
const MOST_STATES = 5_000;

/**
 * @param input - for `createMachine`'s context; the module of a machine exports it as `exampleInput` when it needs one
 * @throws CodegenError that names the file and the state
 */
export function exploreMachine(machine: AnyStateMachine, file: string, exportName: string, input: unknown): void {
  const initial = attempt(() => initialTransition(machine, input)[0], 'its initial state');
  const seen = new Set([keyOf(initial)]);
  const found: AnyMachineSnapshot[] = [initial];
  for (const state of found) {
    const name = String(state.value);
    for (const type of machine.events) {
      const next = attempt(() => after(machine, state, type), `${name} on ${type}`);
      if (next === undefined || seen.has(keyOf(next))) continue;
      if (seen.size >= MOST_STATES) {
        throw bad(
          `${name} on ${type} leads to ever more states, such as ${keyOf(next)}: bound its context by a guard, more than ${MOST_STATES} were found`,
        );
      }
      seen.add(keyOf(next));
      found.push(next);
    }
  }

  function attempt<T>(run: () => T, where: string): T {
    try {
      return run();
    } catch (error) {
      throw bad(`${where} throws: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  function bad(message: string): CodegenError {
    return new CodegenError('CODEGEN_BAD_MACHINE', file, `${exportName}: ${message}`);
  }
}

function after(machine: AnyStateMachine, state: AnyMachineSnapshot, type: string): AnyMachineSnapshot | undefined {
  return state.can({ type }) ? transition(machine, state, { type })[0] : undefined;
}

function keyOf({ value, context }: AnyMachineSnapshot): string {
  return JSON.stringify([value, context]);
}
