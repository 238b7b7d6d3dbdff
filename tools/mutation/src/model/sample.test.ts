import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sampleOf } from '../sample.ts';
import { enumerateMutants } from './enumerate.ts';
import { unexplained } from './findings.ts';
import { judgeAll } from './judge-all.ts';
import { reachedByModel, SIZES } from './run.ts';
import { REVIEWED } from './survivors.ts';
import { refusedByTypes } from './type-check.ts';

const root = join(import.meta.dirname, '../../../..');

/** A second of processor time each; `npm run mutation model` judges all. A person's machine takes fewer than CI. */
const SAMPLE = { size: process.env.CI === 'true' ? 30 : 10, seed: 21 };

it('the check notices each mutant of a sample that is another model', async () => {
  const drawn = sampleOf(enumerateMutants(root), SAMPLE);
  const refused = refusedByTypes(
    root,
    join(root, 'reports/mutation/types-of-sample'),
    drawn.filter(({ compiles }) => !compiles),
  );
  const mutants = drawn.filter((mutant) => !refused.has(mutant));
  const reached = await reachedByModel(root, Math.max(...SIZES));
  const verdicts = await judgeAll(mutants, { root, sizes: SIZES, reached, threads: 1 });
  expect(mutants.length).toBeGreaterThan(SAMPLE.size / 2);
  expect(unexplained(new Map(mutants.map((mutant) => [mutant.id, verdicts.get(mutant)!])), REVIEWED)).toEqual([]);
});
