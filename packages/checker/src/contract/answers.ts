/**
 * What a model answers about a state or a label, once it is known to be an answer. One that is none, such as that of a function
 * without `return`, would be taken for "all holds" or "nothing is left to do".
 *
 * @module
 */
import type { Model } from '../model.ts';
import { badModel, shown } from './require-model.ts';

const kinds: ReadonlySet<unknown> = new Set(['system', 'environment', 'fault']);

/**
 * Bits of what `violations` gave, each of them one of the model's invariants.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`
 */
export function requireViolated({ name, invariants }: Model, violated: unknown): number {
  // The last of 32 bits makes a number negative.
  if (Number.isInteger(violated) && (violated as number) >>> 0 < 2 ** invariants.length) return violated as number;
  throw badModel(
    `${name}: violations must give a number with a bit for each invariant that does not hold, 0 for none (there are ${invariants.length}), and gave ${given(violated)}`,
  );
}

/**
 * Whether nothing is left to do in the state.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`
 */
export function isQuiescent(model: Model, states: Uint32Array, at: number): boolean {
  const answer: unknown = model.quiescent(states, at);
  if (typeof answer === 'boolean') return answer;
  throw badModel(`${model.name}: quiescent must give true or false, and gave ${given(answer)}`);
}

/**
 * Whether the system takes the steps with this label.
 *
 * @throws CheckerError `CHECKER_BAD_MODEL`
 */
export function isSystemStep(model: Model, label: number): boolean {
  const kind: unknown = model.kindOf(label);
  if (kinds.has(kind)) return kind === 'system';
  throw badModel(
    `${model.name}: kindOf(${label}) must give 'system', 'environment' or 'fault', and gave ${given(kind)}`,
  );
}

const given = (answer: unknown): string => (answer === undefined ? 'nothing' : shown(answer));
