import type { Mutant } from '@limpet/inspection';
import { BUGS, type Bug, editedSteps } from '@limpet/state-space';

let mutants: readonly Mutant[] | undefined;

/** The known bugs of the model that change a step of a statechart. */
export function modelMutants(): readonly Mutant[] {
  mutants ??= (BUGS as readonly Bug[])
    .map((bug) => ({ name: bug.name, means: bug.sentence, changes: editedSteps(bug) }))
    .filter(({ changes }) => changes.length > 0);
  return mutants;
}
