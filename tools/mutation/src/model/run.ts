/**
 * `npm run mutation model`: judges every mutant of the model, and writes what became of them.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { explore } from '@limpet/checker';
import { type Reached, reachedBy } from './behaviour.ts';
import { enumerateMutants } from './enumerate.ts';
import { findings } from './findings.ts';
import { judgeAll } from './judge-all.ts';
import { createLoader } from './load-mutant.ts';
import type { Mutant } from './mutant.ts';
import { modelPage } from './page.ts';
import { openResults } from './results-file.ts';
import { REVIEWED } from './survivors.ts';
import { refusedByTypes } from './type-check.ts';
import type { Verdict } from './verdict.ts';

/** Places for members: nearly everything shows with one, and the rest with two. */
export const SIZES: readonly number[] = [1, 2];

/** @returns findings: survivors without an explanation, gaps, explanations that are stale */
export async function runModelMutation(root: string, say: (line: string) => void): Promise<string[]> {
  const all = enumerateMutants(root);
  const refused = refusedByTypes(
    root,
    join(root, 'reports/mutation/types'),
    all.filter(({ compiles }) => !compiles),
  );
  const mutants = all.filter((mutant) => !refused.has(mutant));
  const results = openResults(root, 'reports/mutation/model.json');
  const waiting = mutants.filter(({ id }) => !results.verdicts.has(id));
  say(`${mutants.length} mutants of the model, ${waiting.length} to judge`);
  if (waiting.length > 0) await judgeWaiting(root, waiting, results, say);

  const verdicts = new Map(mutants.map(({ id }) => [id, results.verdicts.get(id)!]));
  const page = modelPage({ mutants, refused: refused.size, verdicts }, REVIEWED);
  writeFileSync(join(root, 'docs/mutation-model.md'), page);
  return findings(verdicts, REVIEWED);
}

async function judgeWaiting(
  root: string,
  waiting: readonly Mutant[],
  results: ReturnType<typeof openResults>,
  say: (line: string) => void,
): Promise<void> {
  const reached = await reachedByModel(root, Math.max(...SIZES));
  const onVerdict = ({ id }: Mutant, verdict: Verdict) => {
    results.verdicts.set(id, verdict);
    if (verdict.is === 'survived') say(`${id}: survives`);
    if (results.verdicts.size % 50 > 0) return;
    results.save();
    say(`${results.verdicts.size} judged`);
  };
  await judgeAll(waiting, { root, sizes: SIZES, reached, threads: availableParallelism(), onVerdict });
  results.save();
}

/** Where the model as it is can come to. @param root - of the repository */
export async function reachedByModel(root: string, members: number): Promise<Reached> {
  const original = await createLoader(root)({ file: '', edits: [] });
  const model = original.createCompositionModel({ members });
  return reachedBy(members, await explore(model), model);
}
