import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = new URL('../', import.meta.url);
const text = readFileSync(new URL('README.md', folder), 'utf8');

const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block!);

/** An example of the README, in their order: what it prints, and what the README says that it prints. */
export async function runExample(at: number): Promise<{ printed: string; promised: string | undefined }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '--eval', blocks('ts')[at]!],
    { cwd: fileURLToPath(folder) },
  );
  return { printed: stdout, promised: blocks('text')[at] };
}
