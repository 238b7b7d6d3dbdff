/**
 * Plays a sample of mutants, in several sandboxes at once, and keeps what became of each.
 *
 * @module
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SampledArea } from './areas.ts';
import type { Results } from './results.ts';
import { type Candidate, mutantsOf, sampleOf, statusOf, withMutant } from './sample.ts';
import { Sandbox } from './sandbox.ts';

/** Options of {@link runSample}. */
export interface RunSampleOptions {
  /** Of the repository. */
  readonly root: string;
  /** What is known of earlier runs: a mutant of a file that is still the same is not tried again, unless it survived. */
  readonly known: Results;
  /** Is given the results after each mutant, and a line about it. */
  readonly onTried: (results: Results, line: string) => void;
}

/** How many mutants are played at once. */
const SANDBOXES = 2;

/** @throws Error when the suites fail on the router as it is */
export async function runSample({ mutate, sample }: SampledArea, options: RunSampleOptions): Promise<Results> {
  const { root, known, onTried } = options;
  const files = globSync([...mutate], { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');
  const all = await mutantsOf(root, files.sort());
  const wanted = sampleOf(all, sample);
  let results: Results = keep(known, wanted, sourceOf, all.length);
  const waiting = wanted.filter((candidate) => statusOf(results, candidate, sourceOf(candidate.file)) === undefined);
  const sandboxes = Array.from({ length: SANDBOXES }, (_, at) => new Sandbox(root, `conform-${at}`));
  try {
    const good = await sandboxes[0]!.play();
    if (good.status !== 'Survived') throw new Error('limpet conform fails on the router as it is: mend that first');
    const worker = async (sandbox: Sandbox): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { status, ms } = await sandbox.play(next);
        results = withMutant(results, { ...next, mutant: { ...next.mutant, status } }, sourceOf(next.file));
        onTried(results, lineOf(next, status, ms));
      }
    };
    await Promise.all(sandboxes.map(worker));
  } finally {
    for (const sandbox of sandboxes) sandbox.remove();
  }
  return results;
}

/** The part of earlier results that still holds. */
function keep(
  known: Results,
  wanted: readonly Candidate[],
  sourceOf: (file: string) => string,
  sampledOf: number,
): Results {
  let results: Results = { sampledOf, files: {} };
  for (const candidate of wanted) {
    const { file } = candidate;
    const status = statusOf(known, candidate, sourceOf(file));
    if (status !== undefined && status !== 'Survived')
      results = withMutant(results, { file, mutant: { ...candidate.mutant, status } }, sourceOf(file));
  }
  return results;
}

const lineOf = ({ file, mutant: { location, replacement } }: Candidate, status: string, ms: number): string =>
  `${status} in ${(ms / 1000).toFixed(0)} s: ${file}:${location.start.line} ${replacement.split('\n')[0]!.slice(0, 60)}`;
