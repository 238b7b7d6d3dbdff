/**
 * Mutants of the management side: the model with one switch on, executed along paths of the model without it.
 *
 * @module
 */
import { type BugName, type CheckModel, createCheckModel, createView } from '@limpet/state-space';
import type { TestModel } from '../model/test-model.ts';

/** Where a mutant was detected. */
export interface Detection {
  /** Steps played until then. */
  readonly steps: number;
  /** Name of the check. */
  readonly check: string;
}

/** A model with one fault, and the views that traces show: of the correct model, and of the mutant. */
export interface ModelMutant {
  readonly mutant: CheckModel;
  readonly right: ReturnType<typeof createView>;
  readonly wrong: ReturnType<typeof createView>;
}

/** Compiles the mutant of a model; `bug` is its switch. */
export function createModelMutant({ groups, members, model }: TestModel, bug: BugName): ModelMutant {
  const mutant = createCheckModel({
    groups,
    members,
    symmetry: false,
    bug,
    continueAfterViolation: true,
    addressesMove: model.addressesMove,
    certificatesGo: model.certificatesGo,
  });
  return { mutant, right: createView(model), wrong: createView(mutant) };
}

/**
 * Executes paths on the mutant; undefined when no path detects it. Only what a trace shows (`createView`) is compared:
 * whether a step is possible, whether something is left to do, and the fields of the heartbeat when nothing is.
 */
export function detectModelMutant(
  { mutant, right, wrong }: ModelMutant,
  testModel: TestModel,
  paths: readonly (readonly number[])[],
): Detection | undefined {
  const { groups, model, graph } = testModel;
  const out = {
    states: new Uint32Array(mutant.maxSuccessors * mutant.words),
    labels: new Uint32Array(mutant.maxSuccessors),
    count: 0,
  };
  let state = Uint32Array.from(mutant.initial[0]!);

  /** Takes the step with this text, or the step that the fault makes of it. Returns whether there is one. */
  const take = (wanted: string, group: number): boolean => {
    mutant.successors(state, 0, out);
    let found = -1;
    for (let at = 0; at < out.count; at++) {
      const label = out.labels[at]!;
      if (label % groups !== group) continue;
      const { text } = mutant.compiled.labels[Math.floor(label / groups)]!;
      if (text.startsWith(`${wanted}, and is not`) || (text === wanted && found < 0)) found = at;
    }
    if (found < 0) return false;
    state = out.states.slice(found * mutant.words, (found + 1) * mutant.words);
    return true;
  };

  let steps = 0;
  for (const path of paths) {
    state = Uint32Array.from(mutant.initial[0]!);
    for (const edge of path) {
      steps += 1;
      const label = graph.labels[edge]!;
      if (!take(model.compiled.labels[Math.floor(label / groups)]!.text, label % groups))
        return { steps, check: 'step is possible' };
      const expected = right.heartbeatOf(graph.states, graph.targets[edge]! * graph.words);
      const seen = wrong.heartbeatOf(state, 0);
      if (seen === undefined) continue;
      if (expected === undefined) return { steps, check: 'something is left to do' };
      const differs = seen.findIndex((value, at) => value !== expected[at]);
      if (differs >= 0) return { steps, check: right.heartbeatFields[differs]! };
    }
  }
  return undefined;
}
