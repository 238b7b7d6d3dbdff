import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Candidate, mutantsOf, mutated, sampleOf, statusOf, withMutant } from './sample.ts';

const root = join(import.meta.dirname, '../../..');
const file = 'packages/router/src/mode.ts';

const candidate: Candidate = {
  file: 'a.ts',
  mutant: {
    mutatorName: 'any',
    replacement: 'true',
    status: 'Killed',
    location: { start: { line: 2, column: 3 }, end: { line: 2, column: 8 } },
  },
};

it('finds the mutants of a file, at positions from 1', async () => {
  const [first] = await mutantsOf(root, [file]);
  expect(first).toMatchObject({
    file,
    mutant: { status: 'Pending', location: { start: { line: expect.any(Number) } } },
  });
  expect(first!.mutant.location.start.line).toBeGreaterThan(0);
});

it('takes the same sample for the same seed', () => {
  const all = Array.from({ length: 100 }, (_, at) => at);
  const sample = sampleOf(all, { size: 10, seed: 1 });
  expect(new Set(sample).size).toBe(10);
  expect(sampleOf(all, { size: 10, seed: 1 })).toEqual(sample);
  expect(sampleOf(all, { size: 10, seed: 2 })).not.toEqual(sample);
  expect(sampleOf(all, { size: 20, seed: 1 }).slice(0, 10)).toEqual(sample);
});

it('puts a mutant into its place', () => {
  expect(mutated('one\n  a > b;\n', candidate.mutant)).toBe('one\n  true;\n');
});

it('knows what became of it, as long as the file is the same', () => {
  const results = withMutant({ files: {} }, candidate, 'text');
  expect(statusOf(results, candidate, 'text')).toBe('Killed');
  expect(statusOf(results, candidate, 'other')).toBeUndefined();
  const other = { ...candidate, mutant: { ...candidate.mutant, replacement: 'false' } };
  expect(statusOf(results, other, 'text')).toBeUndefined();
});
