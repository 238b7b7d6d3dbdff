import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Verdict } from './verdict.ts';

/** What the verdicts depend on. */
const INPUTS = [
  'packages/model/src/**/*.ts',
  'packages/state-space/src/composition/*.ts',
  'apps/cli/src/commands/judge-composition.ts',
];

/** The verdicts of a run, kept so that one that was interrupted goes on where it was. */
export interface ResultsFile {
  readonly verdicts: Map<string, Verdict>;
  save(): void;
}

/** @returns those of the same sources; none when a source has changed since */
export function openResults(root: string, file: string): ResultsFile {
  const inputs = hashOf(root);
  const path = join(root, file);
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  const verdicts = new Map<string, Verdict>(known?.inputs === inputs ? Object.entries(known.verdicts) : []);
  return {
    verdicts,
    save: () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify({ inputs, verdicts: Object.fromEntries(verdicts) }));
    },
  };
}

function hashOf(root: string): string {
  const files = globSync(INPUTS, { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n${readFileSync(join(root, file), 'utf8')}`);
  return hash.digest('hex');
}
