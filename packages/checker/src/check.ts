import { type Exploration, type ExploreOptions, explore } from './explore.ts';
import { checkLiveness, type Liveness } from './liveness.ts';
import { isSource } from './load-model.ts';
import type { Model, ModelSource } from './model.ts';
import { type Trace, traceTo } from './trace.ts';

/** Whether an invariant holds in every state explored. */
export interface InvariantResult {
  name: string;
  sentence: string;
  upstream: readonly string[];
  holds: boolean;
  /** A shortest run to a state that violates it. */
  trace: Trace | null;
}

/** The verdict on a model. */
export interface CheckResult {
  /** True when every invariant and liveness hold, and all states were explored: nothing holds that is only half looked at. */
  holds: boolean;
  exploration: Exploration;
  invariants: InvariantResult[];
  /** Null when it was not looked at: the exploration is not complete, `exploration.stoppedBy` says why. */
  liveness: Liveness | null;
  /** A shortest run to the nearest violation of an invariant; without one, that of liveness. */
  counterexample: { property: string; trace: Trace } | null;
}

/**
 * Explores a model, then checks its invariants and that the system comes to quiescence.
 *
 * @throws CheckerError as `explore` and `checkLiveness` do.
 */
export async function check(from: ModelSource | Model, options: ExploreOptions = {}): Promise<CheckResult> {
  const exploration = await explore(from, options);
  const { model, violations, complete } = exploration;
  const traces = new Map(violations.map(({ invariant, state }) => [invariant, traceTo(exploration, state)]));
  const invariants = model.invariants.map(({ name, sentence, upstream }, i): InvariantResult => {
    const trace = traces.get(i) ?? null;
    return { name, sentence, upstream, holds: trace === null, trace };
  });
  const liveness = complete ? await checkLiveness(exploration, livenessOptions(from, options)) : null;
  const [nearest] = violations;
  const counterexample = nearest
    ? { property: nearest.name, trace: traces.get(nearest.invariant)! }
    : liveness?.trace
      ? { property: 'liveness', trace: liveness.trace }
      : null;
  return { holds: counterexample === null && complete, exploration, invariants, liveness, counterexample };
}

const livenessOptions = (from: ModelSource | Model, { threads = 2 }: ExploreOptions) =>
  isSource(from) ? { source: from, threads } : {};
