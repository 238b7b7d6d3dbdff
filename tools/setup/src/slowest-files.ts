/** What the table needs of vitest's TestModule. Durations are in milliseconds. */
export interface MeasuredFile {
  /** The path from the repository's root. */
  relativeModuleId: string;
  /** `duration`: of all tests and hooks; `collectDuration`: of importing the file and what it imports. */
  diagnostic(): { duration: number; collectDuration: number };
}

/** How many files are named; a run of no more files than that needs no table. */
const MOST = 10;

/**
 * The slowest files of a test run, slowest first: `  12.3 s  apps/cli/src/cli.test.ts`, with the seconds for imports and
 * tests together.
 *
 * @returns whole lines, after an empty one; an empty text for ten files or less
 */
export function slowestFiles(files: readonly MeasuredFile[]): string {
  if (files.length <= MOST) return '';
  const measured = files.map((file) => {
    const { duration, collectDuration } = file.diagnostic();
    return { path: file.relativeModuleId, seconds: (duration + collectDuration) / 1000 };
  });
  const slowest = measured.toSorted((a, b) => b.seconds - a.seconds).slice(0, MOST);
  const lines = slowest.map(({ path, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${path}\n`);
  return `\nThe ${MOST} slowest of ${files.length} test files (imports and tests):\n${lines.join('')}`;
}
