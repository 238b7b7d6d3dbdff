import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { areas } from './areas.ts';
import { explanations } from './explained.ts';
import { findings, report } from './report.ts';
import { type Results, withoutSurvivors } from './results.ts';

const root = join(import.meta.dirname, '../../..');
const fileOf = (name: string): string => `reports/mutation/${name}.json`;
const hasResults = (name: string): boolean => existsSync(join(root, fileOf(name)));
const resultsOf = (name: string): Results => JSON.parse(readFileSync(join(root, fileOf(name)), 'utf8'));

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !areas.some((area) => area.name === name));
if (unknown.length > 0) {
  console.error(`no area ${unknown.join(', ')}; there are ${areas.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

// It takes every core for minutes; the person at the machine comes first.
setPriority(10);
for (const { name, mutate, tests } of areas.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  if (hasResults(name)) writeFileSync(join(root, fileOf(name)), JSON.stringify(withoutSurvivors(resultsOf(name))));
  const options = ['--incrementalFile', fileOf(name), '--mutate', mutate.join(',')];
  execFileSync('stryker', ['run', 'tools/mutation/stryker.json', ...options], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LIMPET_MUTATION_TESTS: tests.join(',') },
  });
}

const known = areas.filter(({ name }) => hasResults(name)).map(({ name }) => ({ name, results: resultsOf(name) }));
const page = report(known, explanations);
if (known.length === areas.length) writeFileSync(join(root, 'docs/mutation.md'), page);
else console.log(page);

const open = findings(known, explanations);
for (const finding of open) console.error(finding);
process.exitCode = open.length === 0 ? 0 : 1;
