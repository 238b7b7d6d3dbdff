/**
 * A seeded sample of Stryker's mutants.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@limpet/data-plane';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { Mutant, Position, Results } from './results.ts';

/** A mutant that was not tried yet. */
export interface Candidate {
  /** From the root of the repository. */
  readonly file: string;
  readonly mutant: Mutant & { readonly replacement: string };
}

const silent = new Proxy({}, { get: () => () => false }) as ConstructorParameters<typeof Instrumenter>[0];

/** Positions of Stryker's API begin with 0, those of its reports with 1. */
const fromOne = ({ line, column }: Position): Position => ({ line: line + 1, column: column + 1 });

/** All mutants of these files. @param root - of the repository */
export async function mutantsOf(root: string, files: readonly string[]): Promise<Candidate[]> {
  const { mutants } = await new Instrumenter(silent).instrument(
    files.map((name) => ({ name, content: readFileSync(join(root, name), 'utf8'), mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return mutants.map(({ fileName: file, mutatorName, replacement, location: { start, end } }) => ({
    file,
    mutant: {
      mutatorName,
      replacement,
      status: 'Pending',
      location: { start: fromOne(start), end: fromOne(end) },
    },
  }));
}

/** So many of them, in an order that the seed decides. */
export function sampleOf<T>(all: readonly T[], { size, seed }: { size: number; seed: number }): T[] {
  const random = createRandom(seed);
  return all
    .map((one) => ({ one, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, size)
    .map(({ one }) => one);
}

/** The text of a file with the mutant in it. */
export function mutated(text: string, { location: { start, end }, replacement }: Candidate['mutant']): string {
  const lines = text.split('\n');
  const at = ({ line, column }: Position): number =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return text.slice(0, at(start)) + replacement + text.slice(at(end));
}

/** Puts what became of a mutant into the results. @param source - of its file */
export function withMutant(results: Results, { file, mutant }: Candidate, source: string): Results {
  const known = results.files[file]?.mutants ?? [];
  return { ...results, files: { ...results.files, [file]: { source, mutants: [...known, mutant] } } };
}

/** What became of the mutant, when it was tried on the file as it is now. */
export function statusOf(results: Results, { file, mutant }: Candidate, source: string): Mutant['status'] | undefined {
  const before = results.files[file];
  const key = ({ mutatorName, replacement, location }: Mutant) => JSON.stringify([mutatorName, replacement, location]);
  return before?.source === source ? before.mutants.find((one) => key(one) === key(mutant))?.status : undefined;
}
