import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

/** The first example of a README, and what it prints: a block in TypeScript, followed by one of text. */
const example = /^```ts\n(?<code>.*?)^```\n\s*(?:[^`\n]*\n\s*)?^```text\n(?<printed>.*?)^```$/ms;

/** READMEs with an example; a package that tests its own, as one that is to be published alone does, is not among them. */
const readmes = globSync('packages/*/README.md', { cwd: root })
  .filter((path) => !existsSync(join(root, dirname(path), 'src/readme.test.ts')))
  .map((path) => ({ path, ...example.exec(readFileSync(join(root, path), 'utf8'))?.groups }))
  .filter((readme): readme is { path: string; code: string; printed: string } => 'code' in readme)
  .sort((a, b) => (a.path < b.path ? -1 : 1));

describe('the first example of a README', () => {
  it('is there in most packages', () => expect(readmes.length).toBeGreaterThanOrEqual(6));

  it.each(readmes)('prints what $path says', async ({ path, code, printed }) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '--eval', code], {
      cwd: join(root, dirname(path)),
    });
    expect(stdout).toBe(printed);
  });
});
