import { BUGS } from '@limpet/state-space';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROUTER_FAULTS } from '../faults/faults.ts';
import { type Mutant, runMutants } from './mutants.ts';

describe('the suites detect every mutant of the catalogue', () => {
  let found: Mutant[];
  beforeAll(async () => {
    found = await runMutants();
  }, 3_600_000);

  it.each([...BUGS, ...ROUTER_FAULTS].map(({ name, sentence }) => [name, sentence] as const))('%s: %s', (name) => {
    expect(found.find(({ bug }) => bug === name)).toMatchObject({ caught: true });
  });

  it("and the monitor sees all of a router's in the trace alone, but false answers and what has passed when all is quiet again", () => {
    const unseen = found.filter(({ trace }) => trace === 'accepted').map(({ bug }) => bug);
    expect(unseen).toEqual([
      'drain-ignored',
      'refusal-said-applied',
      'refusal-not-retried',
      'refusal-blocks-others',
      'report-hides-trouble',
      'report-believes',
      'full-set-removes-newer',
      'removals-forgotten',
      'cloudstack-ignore-reload-result',
    ]);
  });
});
