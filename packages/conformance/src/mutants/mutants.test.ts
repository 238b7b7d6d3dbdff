import { BUGS } from '@limpet/state-space';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROUTER_FAULTS } from '../faults/faults.ts';
import { type Mutant, runMutants } from './mutants.ts';

/** Every mutant in CI; on a person's machine every fourth, and `npx limpet mutants` tries all. */
const isPlayed = (_: unknown, at: number): boolean => process.env.CI === 'true' || at % 4 === 0;
const mutants = [...BUGS, ...ROUTER_FAULTS].filter(isPlayed);
const played = new Set<string>(mutants.map(({ name }) => name));

describe('the suites detect every mutant of the catalogue (every fourth; CI=true: all)', () => {
  let found: Mutant[];
  beforeAll(async () => {
    found = await runMutants({ only: [...played] });
  }, 3_600_000);

  it.each(mutants.map(({ name, sentence }) => [name, sentence] as const))('%s: %s', (name) => {
    expect(found.find(({ bug }) => bug === name)).toMatchObject({ caught: true });
  });

  it("and the monitor sees all of a router's in the trace alone, but false answers and what has passed when all is quiet again", () => {
    const unseen = found.filter(({ trace }) => trace === 'accepted').map(({ bug }) => bug);
    const accepted = [
      'drain-ignored',
      'refusal-said-applied',
      'report-hides-trouble',
      'report-believes',
      'full-set-removes-newer',
      'removals-forgotten',
      'cloudstack-app-session',
    ];
    expect(unseen).toEqual(accepted.filter((name) => played.has(name)));
  });
});
