import { basename } from 'node:path';
import { reviewOf } from './findings.ts';
import type { Mutant } from './mutant.ts';
import type { Reviewed } from './survivors.ts';
import type { Verdict } from './verdict.ts';

/** What is known of a run. */
export interface ModelResults {
  readonly mutants: readonly Mutant[];
  /** How many the compiler refused besides. */
  readonly refused: number;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

const intro = `# Mutation of the model

\`npm run mutation model\` changes the statecharts and their composition in one place at a time, and has \`limpet check\` look at each: the exploration of \`createSystem\` of one group, with places for one member and for two, and no test.
It rewrites this page, and fails on a survivor that \`tools/mutation/src/model/survivors.ts\` does not explain, or calls a gap. A sample of the mutants is part of \`npm test\`.

Operators: drop, negate or swap a guard, turn its branches; drop, double, exchange or swap an action or a command; drop a transition, its target, or lead it elsewhere; off by one; drop a condition or its half, a case, an element, a property; swap a name for the next of its kind.

*Killed*: the check names what does not hold. *Thrown*: the exploration ends in an error. *Endless*: it has many times the states, or a step that does not end. *Equal*: wherever the model with two members can come to, the mutant answers every event as the model does; found by asking it.
*Equivalent*: reviewed, nobody who uses the model could tell. The score is the share of the mutants that are neither equal nor equivalent and that the check notices. What the compiler refuses counts as nothing.`;

/** The report in Markdown: a table of the files, what killed how many, and the survivors. */
export function modelPage({ mutants, refused, verdicts }: ModelResults, reviewed: readonly Reviewed[]): string {
  const byFile = Map.groupBy(mutants, ({ file }) => file);
  const rows = [...byFile].map(([file, of]) => row(basename(file), of, verdicts, reviewed));
  const total = row('**all**', mutants, verdicts, reviewed);
  const killers = Map.groupBy(
    [...verdicts.values()].filter((verdict) => verdict.is === 'killed'),
    ({ by }) => by,
  );
  const killed = [...killers]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([by, { length }]) => `| ${by} | ${length} |`);
  const survivors = mutants.flatMap(({ id }) => {
    if (verdicts.get(id)?.is !== 'survived') return [];
    const known = reviewOf(id, reviewed);
    const said = known === undefined ? '**not explained**' : `${known.isGap ? '**gap**: ' : ''}${known.why}`;
    return [`- \`${id}\`: ${said}`];
  });
  return `${[
    intro,
    [HEAD, ...rows, total].join('\n'),
    `The compiler refused ${refused} more.`,
    [
      '## What killed them',
      '',
      '| property | mutants, of which it is the nearest that does not hold |',
      '|---|---:|',
      ...killed,
    ].join('\n'),
    ['## Survivors', '', ...survivors].join('\n'),
  ].join('\n\n')}\n`;
}

const HEAD = [
  '| file | mutants | killed | thrown | endless | equal | equivalent | gaps | score |',
  '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
].join('\n');

function row(
  name: string,
  mutants: readonly Mutant[],
  verdicts: ReadonlyMap<string, Verdict>,
  reviewed: readonly Reviewed[],
): string {
  const judged = mutants.flatMap(({ id }) => {
    const verdict = verdicts.get(id);
    if (verdict === undefined) return [];
    const known = reviewOf(id, reviewed);
    return [verdict.is !== 'survived' ? verdict.is : known && !known.isGap ? 'equivalent' : 'gap'];
  });
  const count = (wanted: string): number => judged.filter((is) => is === wanted).length;
  const noticed = count('killed') + count('thrown') + count('endless');
  const score = noticed + count('gap') === 0 ? '-' : `${((100 * noticed) / (noticed + count('gap'))).toFixed(1)} %`;
  const counts = ['killed', 'thrown', 'endless', 'equal', 'equivalent', 'gap'].map(count);
  return `| ${[name, judged.length, ...counts, score].join(' | ')} |`;
}
