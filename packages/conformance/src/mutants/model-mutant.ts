/**
 * Management sides with a bug: the model with its switch on, played along paths of the model without.
 *
 * @module
 */
import { type BugName, type CheckModel, createCheckModel, createView } from '@limpet/state-space';
import type { TestModel } from '../model/test-model.ts';

/** Where a bug shows. */
export interface Detection {
  /** Steps until then. */
  readonly steps: number;
  readonly check: string;
}

/** A model with a bug, and what traces show of it and of the one without. */
export interface ModelMutant {
  readonly mutant: CheckModel;
  readonly right: ReturnType<typeof createView>;
  readonly wrong: ReturnType<typeof createView>;
}

export function createModelMutant({ groups, members, model }: TestModel, bug: BugName): ModelMutant {
  const mutant = createCheckModel({ groups, members, symmetry: false, bug, onwards: true });
  return { mutant, right: createView(model), wrong: createView(mutant) };
}

/**
 * Plays paths; undefined when the bug never shows. Seen is what a trace shows (`createView`): whether a step is possible,
 * whether something is left to do, and the fields of the heartbeat when nothing is.
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

  /** The step of these words; the one that the bug makes of it, where there is one. */
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
