import { describe, expect, it } from 'vitest';
import { findings, report } from './report.ts';
import { type Mutant, type Results, survivorsOf, withoutSurvivors } from './results.ts';

const source = "const a = b > 0;\n  call('x',\n    'y');\n";
const mutant = (status: Mutant['status'], line: number, from: number, to: number, replacement = ''): Mutant => ({
  mutatorName: 'any',
  replacement,
  status,
  location: { start: { line, column: from }, end: { line, column: to } },
});
const lives = mutant('Survived', 1, 11, 16, 'b >= 0');
const long: Mutant = {
  ...mutant('NoCoverage', 2, 3, 0, ';'),
  location: { start: { line: 2, column: 3 }, end: { line: 3, column: 9 } },
};
const results: Results = {
  files: {
    'b.ts': { source: 'x', mutants: [mutant('Timeout', 1, 1, 2)] },
    'a.ts': { source, mutants: [long, lives, mutant('Killed', 1, 1, 2), mutant('CompileError', 1, 1, 2)] },
  },
};
const area = [{ name: 'some', results }];
const why = { file: 'a.ts', on: 'const a', as: 'b >= 0', why: 'equivalent' };
const whyNot = { file: 'a.ts', on: 'call(', why: 'never called' };

describe('survivorsOf', () => {
  it('has what no test noticed, in the order of the lines, with its text before and after', () => {
    expect(survivorsOf('a.ts', results.files['a.ts']!)).toEqual([
      { file: 'a.ts', line: 1, source: 'const a = b > 0;', original: 'b > 0', replacement: 'b >= 0' },
      { file: 'a.ts', line: 2, source: "call('x',", original: "call('x',\n    'y')", replacement: ';' },
    ]);
  });
});

it('withoutSurvivors keeps the others', () => {
  const kept = withoutSurvivors(results);
  expect(kept.files['a.ts']!.mutants.map(({ status }) => status)).toEqual(['Killed', 'CompileError']);
  expect(kept.files['b.ts']).toEqual(results.files['b.ts']);
});

describe('findings', () => {
  it('are survivors that nobody explained', () => {
    expect(findings(area, [why])).toEqual(["a.ts:2: survives: `call('x', 'y')` to `;`"]);
    expect(findings(area, [why, whyNot])).toEqual([]);
  });

  it('are explanations of what no longer survives, in the files that were looked at', () => {
    const gone = { ...why, as: 'b <= 0' };
    expect(findings(area, [why, whyNot, gone, { ...gone, file: 'c.ts' }])).toEqual([
      'a.ts: explained, but nothing survives on: const a',
    ]);
  });
});

describe('a sample', () => {
  const sample = { name: 'part', results: { ...results, sampledOf: 9 }, sample: { seed: 7, size: 4, least: 0.8 } };

  it('is a finding when too few of those that are not equivalent are killed', () => {
    expect(findings([sample], [])).toEqual(['part: only 50.0 % of the sample are killed']);
    expect(findings([sample], [why])).toEqual(['part: only 66.7 % of the sample are killed']);
    expect(findings([sample], [why, whyNot])).toEqual([]);
  });

  it('is told with its size and seed, and leaves the report of other areas as it is', () => {
    const before = report(area, [why]);
    const after = report([sample], [why], before);
    expect(after.startsWith(before.trimEnd())).toBe(true);
    expect(after).toContain('4 of 9 mutants, chosen by seed 7');
    expect(after).toContain('66.7 % of those that are not equivalent were killed');
    expect(report([sample], [why], after)).toBe(after);
  });
});

it('report has a row a file, a row for all, and why each survivor lives', () => {
  const page = report(area, [why]);
  expect(page.slice(page.indexOf('## some'))).toBe(`## some

| file | mutants | killed | timeout | survived | no coverage | score |
|---|---:|---:|---:|---:|---:|---:|
| a.ts | 3 | 1 | 0 | 1 | 1 | 33.3 % |
| b.ts | 1 | 0 | 1 | 0 | 0 | 100.0 % |
| **some** | 4 | 1 | 1 | 1 | 1 | 50.0 % |

Survivors:

- \`a.ts:1\` \`b > 0\` to \`b >= 0\`: equivalent
- \`a.ts:2\` \`call('x', 'y')\` to \`;\`: **not explained**
`);
});
