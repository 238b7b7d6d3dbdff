import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const readme = new URL('../README.md', import.meta.url);

const block = (text: string, language: string): string =>
  text.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms'))![1]!;

test('the example of the README prints what the README says', async () => {
  const text = readFileSync(readme, 'utf8');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', block(text, 'ts')],
    { cwd: fileURLToPath(new URL('.', readme)) },
  );
  expect(stdout.trimEnd()).toBe(block(text, 'text').trimEnd());
});
