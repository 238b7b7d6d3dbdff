import { expect, it } from 'vitest';
import { type MeasuredFile, slowestFiles } from './slowest-files.ts';

const file = (relativeModuleId: string, duration: number, collectDuration = 0): MeasuredFile => ({
  relativeModuleId,
  diagnostic: () => ({ duration, collectDuration }),
});
const quick = Array.from({ length: 9 }, (_, at) => file(`quick-${at}.test.ts`, at));

it('names the ten slowest files, imports included, and leaves out the others', () => {
  const files = [...quick, file('imports.test.ts', 500, 1500), file('tests.test.ts', 123_400)];
  expect(slowestFiles(files)).toMatchInlineSnapshot(`
    "
    The 10 slowest of 11 test files (imports and tests):
      123.4 s  tests.test.ts
        2.0 s  imports.test.ts
        0.0 s  quick-8.test.ts
        0.0 s  quick-7.test.ts
        0.0 s  quick-6.test.ts
        0.0 s  quick-5.test.ts
        0.0 s  quick-4.test.ts
        0.0 s  quick-3.test.ts
        0.0 s  quick-2.test.ts
        0.0 s  quick-1.test.ts
    "
  `);
});

it('says nothing after a run of ten files', () => {
  expect(slowestFiles([...quick, file('slow.test.ts', 10_000)])).toBe('');
});
