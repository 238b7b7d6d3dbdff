/**
 * The verdict on a composition of one group. It takes the composition as a parameter, so that a changed one is judged as the one
 * that runs.
 *
 * @module
 */
import {
  type CheckResult,
  check,
  checkPossibilities,
  type ExploreOptions,
  type Model,
  type PossibilityResult,
  type Trace,
} from '@limpet/checker';
import type { CompositionModel, CompositionOptions } from '@limpet/state-space';

/** The verdict on the composition of one group. */
export interface CompositionResult {
  /** True when all of the parts hold. */
  holds: boolean;
  /** Every state and every step, with every fault. */
  all: CheckResult;
  /** The same without lost messages and without time-outs: its liveness has a bound, which no time-out explains. */
  withoutLosses: CheckResult;
  /** Empty when an invariant is broken: what is possible from a wrong state says nothing. */
  possibilities: readonly PossibilityResult[];
}

/** What does not hold, and a shortest run to it. */
export interface Counterexample {
  property: string;
  trace: Trace;
  /** The model that runs it. */
  model: Model;
}

/** Makes the model of a composition; `createCompositionModel` makes that of the one that runs. */
export type CreateComposition = (options: CompositionOptions) => CompositionModel;

/** Checks all properties of states and steps, liveness, and what has to stay possible. */
export async function judgeComposition(
  create: CreateComposition,
  members: number,
  options: ExploreOptions = {},
): Promise<CompositionResult> {
  const model = create({ members });
  const all = await check(model, options);
  const withoutLosses = await check(create({ members, losses: false }), options);
  const possibilities = all.invariants.every(({ holds }) => holds)
    ? checkPossibilities(all.exploration, model.possibilities)
    : [];
  const holds = all.holds && withoutLosses.holds && possibilities.every((one) => one.holds);
  return { holds, all, withoutLosses, possibilities };
}

/** How far a composition is explored that may have more states than the one that runs. */
export type Bounds = Pick<ExploreOptions, 'maxStates' | 'memoryBytes'>;

/**
 * What `judgeComposition` finds first that does not hold, or `unbounded` when it is not found within the bounds; undefined when all
 * holds. Nothing is looked at besides.
 */
export async function firstCounterexample(
  create: CreateComposition,
  members: number,
  bounds: Bounds,
): Promise<Counterexample | 'unbounded' | undefined> {
  const model = create({ members });
  const { counterexample, exploration } = await check(model, { ...bounds, stopAtViolation: true });
  if (counterexample) return { ...counterexample, model };
  if (!exploration.complete) return 'unbounded';
  const impossible = ofPossibilities(checkPossibilities(exploration, model.possibilities), model);
  return impossible ?? ofWithoutLosses(await check(create({ members, losses: false }), bounds));
}

/** Of what does not hold the first: the nearest invariant, then liveness, then what has to stay possible, then without time-outs. */
export function counterexampleOf({
  all,
  withoutLosses,
  possibilities,
}: Omit<CompositionResult, 'holds'>): Counterexample | undefined {
  if (all.counterexample) return { ...all.counterexample, model: all.exploration.model };
  return ofPossibilities(possibilities, all.exploration.model) ?? ofWithoutLosses(withoutLosses);
}

function ofPossibilities(possibilities: readonly PossibilityResult[], model: Model): Counterexample | undefined {
  const impossible = possibilities.find(({ trace }) => trace !== null);
  return impossible && { property: impossible.name, trace: impossible.trace!, model };
}

function ofWithoutLosses({ counterexample, exploration: { model } }: CheckResult): Counterexample | undefined {
  return counterexample === null
    ? undefined
    : { property: `without time-outs: ${counterexample.property}`, trace: counterexample.trace, model };
}
