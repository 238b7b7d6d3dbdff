import { firstCounterexample } from '@limpet/cli/judge-composition';
import { type Behaviour, behavesAs } from './behaviour.ts';
import type { LoadedMutant } from './load-mutant.ts';
import type { Verdict } from './verdict.ts';

/** Many times the states of the model with so many places for members. */
const MOST_STATES: Readonly<Record<number, number>> = { 1: 1_000_000, 2: 4_000_000 };
/** Enough for `MOST_STATES`; several mutants are explored at a time. */
const MEMORY_BYTES = 1.5e9;

/**
 * Checks a mutated composition as `limpet check` checks the one that runs.
 *
 * @param sizes - places for members, in the order in which they are looked at until something does not hold
 */
export async function judge(
  { createCompositionModel, ...mutant }: LoadedMutant,
  sizes: readonly number[],
  behaviour: Behaviour | undefined,
): Promise<Verdict> {
  try {
    if (behaviour && behavesAs(mutant, behaviour)) return { is: 'equal' };
    for (const members of sizes) {
      const bounds = { maxStates: MOST_STATES[members], memoryBytes: MEMORY_BYTES };
      const found = await firstCounterexample(createCompositionModel, members, bounds);
      if (found === 'unbounded') return { is: 'endless' };
      if (found) return { is: 'killed', by: found.property, steps: found.trace.labels.length, members };
    }
    return { is: 'survived' };
  } catch (error) {
    return { is: 'thrown', by: error instanceof Error ? error.message : String(error) };
  }
}
