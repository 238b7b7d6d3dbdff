import { CheckerError } from '../errors.ts';
import type { Model, Numbering, Successors, Targets } from '../model.ts';
import { sameState } from '../store.ts';
import { createSampler } from './sampler.ts';

/** A buffer for the steps from one state. */
export const createSuccessors = (model: Model): Successors => ({
  states: new Uint32Array(model.maxSuccessors * model.words),
  labels: new Uint32Array(model.maxSuccessors),
  count: 0,
});

/** A buffer for the numbers of the states that one leads to. */
export const createTargets = (model: Model): Targets => ({ numbers: new Uint32Array(model.maxSuccessors), count: 0 });

/**
 * Writes the steps from a state over what `out` had: a model only appends. Every call of a model's `successors` is this one.
 *
 * @throws CheckerError `CHECKER_TOO_MANY_SUCCESSORS` when there are more than `maxSuccessors`.
 */
export function writeSuccessors(model: Model, states: Uint32Array, at: number, out: Successors): void {
  out.count = 0;
  model.successors(states, at, out);
  requireCount(model, out.count);
}

/** The same of `successorsInPlace`, where the model has it. */
export function writeSuccessorsInPlace(model: Model, states: Uint32Array, at: number, out: Successors): void {
  out.count = 0;
  model.successorsInPlace?.(states, at, out);
  requireCount(model, out.count);
}

/** What is written past the end of a typed array is lost without a word; the count tells. */
export function requireCount({ name, maxSuccessors }: Model, count: number): void {
  if (count <= maxSuccessors) return;
  throw new CheckerError(
    'CHECKER_TOO_MANY_SUCCESSORS',
    `${name}: a state has ${count} successors, and maxSuccessors is ${maxSuccessors}: set maxSuccessors to at least ${count}`,
  );
}

/** Asks about the state at `states[at]` twice, and throws `CHECKER_NOT_DETERMINISTIC` when the answers differ. */
export type Probe = (states: Uint32Array, at: number) => void;

/** A probe of `successors`. */
export function createProbe(model: Model): Probe {
  const [out, again] = [createSuccessors(model), createSuccessors(model)];
  return (states, at) => {
    const before = states.slice(at, at + model.words);
    // A word or a label that is not written is what the buffer had: not the same in both.
    for (const list of [out.states, out.labels]) list.fill(0);
    for (const list of [again.states, again.labels]) list.fill(0xffffffff);
    writeSuccessors(model, states, at, out);
    writeSuccessors(model, states, at, again);
    const isSame =
      out.count === again.count &&
      startsWith(again.states, out.states, out.count * model.words) &&
      startsWith(again.labels, out.labels, out.count);
    requireSame(model, isSame, before, states, at);
  };
}

/** A probe of the targets of a numbering. */
export function createTargetProbe(model: Model, numbering: Numbering): Probe {
  const [out, again] = [createTargets(model), createTargets(model)];
  const ask = (states: Uint32Array, at: number, targets: Targets): number => {
    targets.count = 0;
    const steps = numbering.targets(states, at, targets);
    requireCount(model, targets.count);
    return steps;
  };
  return (states, at) => {
    const before = states.slice(at, at + model.words);
    const isSame =
      ask(states, at, out) === ask(states, at, again) &&
      out.count === again.count &&
      startsWith(again.numbers, out.numbers, out.count);
    requireSame(model, isSame, before, states, at);
  };
}

/** Writes the steps from one state after the other into `out`, and probes a sample of the states. */
export interface SuccessorWriter {
  readonly out: Successors;
  /** @throws CheckerError `CHECKER_TOO_MANY_SUCCESSORS`, `CHECKER_NOT_DETERMINISTIC`. */
  write(states: Uint32Array, at: number): void;
}

/** A writer with buffers of its own. */
export function createSuccessorWriter(model: Model): SuccessorWriter {
  const sample = createSampler();
  const probe = createProbe(model);
  const out = createSuccessors(model);
  return {
    out,
    write(states, at) {
      sample(at, at + 1, () => probe(states, at));
      writeSuccessors(model, states, at, out);
    },
  };
}

/** True when the first `count` numbers of both are equal. */
function startsWith(numbers: Uint32Array, others: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (numbers[i] !== others[i]) return false;
  return true;
}

function requireSame({ name, words }: Model, isSame: boolean, before: Uint32Array, states: Uint32Array, at: number) {
  if (isSame && sameState(before, 0, states, at, words)) return;
  throw new CheckerError(
    'CHECKER_NOT_DETERMINISTIC',
    `${name}: asked twice for the successors of state [${before.join(', ')}], the model gave different answers. They must be ` +
      'a function of the words of the state alone: write every choice as a step of its own in place of Math.random or a ' +
      'clock, write all words and the label of each step, keep nothing between two calls, and change neither the state given nor an object that states share',
  );
}
