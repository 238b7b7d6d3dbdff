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
  explore,
  type Model,
  type PossibilityResult,
  type Trace,
  traceTo,
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
 * The nearest state or step in which a property does not hold, or `unbounded` when it is not found within the bounds; undefined when
 * they all hold.
 */
export async function firstViolation(
  create: CreateComposition,
  members: number,
  bounds: Bounds,
): Promise<Counterexample | 'unbounded' | undefined> {
  const model = create({ members });
  const all = await explore(model, { ...bounds, stopAtViolation: true });
  const [nearest] = all.violations;
  if (nearest) return { property: nearest.name, trace: traceTo(all, nearest.state), model };
  return all.complete ? undefined : 'unbounded';
}

/** Of what does not hold the nearest: an invariant, then liveness, then what has to stay possible. */
export function counterexampleOf({
  all,
  withoutLosses,
  possibilities,
}: Omit<CompositionResult, 'holds'>): Counterexample | undefined {
  if (all.counterexample) return { ...all.counterexample, model: all.exploration.model };
  if (withoutLosses.counterexample)
    return {
      property: `without time-outs: ${withoutLosses.counterexample.property}`,
      trace: withoutLosses.counterexample.trace,
      model: withoutLosses.exploration.model,
    };
  const impossible = possibilities.find(({ trace }) => trace !== null);
  return impossible && { property: impossible.name, trace: impossible.trace!, model: all.exploration.model };
}
