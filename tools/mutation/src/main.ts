import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { areas, conformArea } from './areas.ts';
import { explanations } from './explained.ts';
import { runModelMutation } from './model/run.ts';
import { type AreaResults, findings, report } from './report.ts';
import { type Results, withoutSurvivors } from './results.ts';
import { runSample } from './run-sample.ts';

const root = join(import.meta.dirname, '../../..');
const fileOf = (name: string): string => `reports/mutation/${name}.json`;
const hasResults = (name: string): boolean => existsSync(join(root, fileOf(name)));
const resultsOf = (name: string): Results => JSON.parse(readFileSync(join(root, fileOf(name)), 'utf8'));

const wanted = process.argv.slice(2);
/** Stands in the place of an area: nothing is run, and the page is written of what earlier runs have found. */
const REPORT = 'report';
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const names = ['model', ...[...areas, conformArea].map(({ name }) => name)];
const unknown = wanted.filter((name) => name !== REPORT && !names.includes(name));
if (unknown.length > 0) {
  console.error(`no area ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(1);
}

// It takes every core for minutes; the person at the machine comes first.
setPriority(10);
const ofModel = isWanted('model') ? await runModelMutation(root, console.log) : [];
for (const { name, mutate, tests } of areas.filter(({ name }) => isWanted(name))) {
  if (hasResults(name)) writeFileSync(join(root, fileOf(name)), JSON.stringify(withoutSurvivors(resultsOf(name))));
  const options = ['--incrementalFile', fileOf(name), '--mutate', mutate.join(',')];
  execFileSync('stryker', ['run', 'tools/mutation/stryker.json', ...options], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, LIMPET_MUTATION_TESTS: tests.join(',') },
  });
}

if (isWanted(conformArea.name)) {
  const { name } = conformArea;
  const save = (results: Results) => writeFileSync(join(root, fileOf(name)), JSON.stringify(results));
  mkdirSync(join(root, 'reports/mutation'), { recursive: true });
  save(
    await runSample(conformArea, {
      root,
      known: hasResults(name) ? resultsOf(name) : { files: {} },
      onTried: (results, line) => {
        save(results);
        console.log(line);
      },
    }),
  );
}

const known: AreaResults[] = [...areas, conformArea]
  .filter(({ name }) => hasResults(name))
  .map((area) => ({
    name: area.name,
    results: resultsOf(area.name),
    ...('sample' in area && { sample: area.sample }),
  }));
const path = join(root, 'docs/mutation.md');
writeFileSync(path, report(known, explanations, readFileSync(path, 'utf8')));

const open = [...ofModel, ...findings(known, explanations)];
for (const finding of open) console.error(finding);
process.exitCode = open.length === 0 ? 0 : 1;
