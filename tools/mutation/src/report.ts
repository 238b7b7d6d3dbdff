import type { Sampling } from './areas.ts';
import type { Explanation } from './explained.ts';
import { type Mutant, type Results, type Survivor, survivorsOf } from './results.ts';

/** The results of one area. */
export interface AreaResults {
  name: string;
  results: Results;
  /** Only a sample of the mutants was tried. */
  sample?: Sampling;
}

interface Tally {
  mutants: number;
  killed: number;
  timeout: number;
  survived: number;
  noCoverage: number;
}

/**
 * Survivors without an explanation, and explanations of what no longer survives. Of a sample: a share of killed mutants that
 * is too small.
 */
export function findings(areas: readonly AreaResults[], explanations: readonly Explanation[]): string[] {
  const whole = areas.filter(({ sample }) => sample === undefined);
  const survivors = whole.flatMap(({ results }) => allSurvivors(results));
  const seen = new Set(whole.flatMap(({ results }) => Object.keys(results.files)));
  return [
    ...survivors
      .filter((survivor) => !explanations.some((one) => explains(one, survivor)))
      .map(({ file, line, original, replacement }) => `${file}:${line}: survives: ${change(original, replacement)}`),
    ...explanations
      .filter((one) => seen.has(one.file) && !survivors.some((survivor) => explains(one, survivor)))
      .map(({ file, on }) => `${file}: explained, but nothing survives on: ${on}`),
    ...areas.flatMap(({ name, results, sample }) => {
      const share = sample && killedShare(results, explanations);
      return share === undefined || share >= sample!.least
        ? []
        : [`${name}: only ${percent(share)} of the sample are killed`];
    }),
  ];
}

/** Share of the killed mutants among those without an explanation why they may live. */
function killedShare(results: Results, explanations: readonly Explanation[]): number {
  const { mutants, killed, timeout } = tally(Object.values(results.files).flatMap(({ mutants: all }) => all));
  const equivalent = allSurvivors(results).filter((one) => explanations.some((why) => explains(why, one))).length;
  return (killed + timeout) / (mutants - equivalent || 1);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/**
 * The report in Markdown: a table of the files of each area, then the survivors, each with why.
 *
 * @param before - the report of an earlier run, of which the other areas are kept
 */
export function report(areas: readonly AreaResults[], explanations: readonly Explanation[], before = ''): string {
  const sections = new Map(
    before
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [/^## (.*)/.exec(text)![1]!, text.trimEnd()]),
  );
  for (const { name, results, sample } of areas) {
    const files = Object.entries(results.files).sort(([a], [b]) => a.localeCompare(b));
    const rows = files.map(([file, { mutants }]) => row(file, tally(mutants)));
    const whole = tally(files.flatMap(([, { mutants }]) => mutants));
    const how = sample ? [sampled(whole.mutants, results, sample, explanations), ''] : [];
    const lines = [`## ${name}`, '', ...how, ...head, ...rows, row(`**${name}**`, whole), ''];
    sections.set(name, [...lines, ...explained(results, explanations)].join('\n').trimEnd());
  }
  return `${[intro, ...sections.values()].join('\n\n')}\n`;
}

const sampled = (tried: number, results: Results, { seed }: Sampling, explanations: readonly Explanation[]): string =>
  `${tried} of ${results.sampledOf} mutants, chosen by seed ${seed}, on each of which all suites of \`limpet conform --data-plane memory --goals router\` were played, and no other test: ${percent(killedShare(results, explanations))} of those that are not equivalent were killed.`;

const intro = `# Mutation testing

Stryker changes the code in one place at a time, and the tests beside it have to notice. \`npm run mutation [AREA...]\` runs it area by area, only what changed since the last run, and rewrites this page; it is no part of \`npm test\`. \`npm run mutation report\` runs nothing, and writes of what was found so far, also by a run that was ended.
It fails on a survivor that \`tools/mutation/src/explained.ts\` does not explain.

\`npm run mutation model\` is of another kind: no test, but \`limpet check\` has to notice ([what is proved](proof.md#break-it-and-watch)). Of these a sample is part of \`npm test\`.

The score is the share of mutants that were killed or ran into a timeout; mutants with which a test file cannot be loaded are not counted. Only an area's own fast tests count (\`tools/mutation/src/areas.ts\`):
what long properties, tests of the whole router or tests on a real HAProxy would notice besides is not in it.

Stryker has to be 10.1 or newer: with Vitest 5 the runner before it selected no test at all, and every mutant survived (stryker-mutator/stryker-js#6210).`;

const head = [
  '| file | mutants | killed | timeout | survived | no coverage | score |',
  '|---|---:|---:|---:|---:|---:|---:|',
];

function row(file: string, { mutants, killed, timeout, survived, noCoverage }: Tally): string {
  const score = mutants === 0 ? '-' : `${(((killed + timeout) / mutants) * 100).toFixed(1)} %`;
  return `| ${[file, mutants, killed, timeout, survived, noCoverage, score].join(' | ')} |`;
}

function tally(mutants: readonly Mutant[]): Tally {
  const count = (wanted: Mutant['status']) => mutants.filter(({ status }) => status === wanted).length;
  const [killed, timeout, survived, noCoverage] = [
    count('Killed'),
    count('Timeout'),
    count('Survived'),
    count('NoCoverage'),
  ];
  return { mutants: killed + timeout + survived + noCoverage, killed, timeout, survived, noCoverage };
}

function explained(results: Results, explanations: readonly Explanation[]): string[] {
  const survivors = allSurvivors(results).map((survivor) => {
    const why = explanations.find((one) => explains(one, survivor))?.why ?? '**not explained**';
    return `- \`${survivor.file}:${survivor.line}\` ${change(survivor.original, survivor.replacement)}: ${why}`;
  });
  return survivors.length === 0 ? [] : ['Survivors:', '', ...survivors];
}

function allSurvivors(results: Results): Survivor[] {
  return Object.entries(results.files)
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([file, content]) => survivorsOf(file, content));
}

function explains({ file, on, as }: Explanation, survivor: Survivor): boolean {
  return file === survivor.file && survivor.source.includes(on) && (as === undefined || as === survivor.replacement);
}

const change = (from: string, to: string): string => `${code(from)} to ${code(to)}`;

/** Code in Markdown, on one line and not longer than a glance. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const fence = line.includes('`') ? '``' : '`';
  const shown = line.length > 90 ? `${line.slice(0, 60)} … ${line.slice(-24)}` : line;
  return line === '' ? 'nothing' : `${fence}${fence === '``' ? ` ${shown} ` : shown}${fence}`;
}
