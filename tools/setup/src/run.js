// What `npm start` and `npm test` run. Plain JavaScript, because before the first set-up there is only the Node that
// npm itself runs on, and that may be too old to strip types.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './error.js';
import { exec, foreground } from './exec.js';
import { setUp } from './set-up.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
/** @type {Record<string, readonly string[]>} */
const commands = { start: ['apps/cli/bin/limpet.js', 'demo'], test: ['tools/setup/src/test.ts'] };

try {
  const [name = '', ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command)
    throw new SetupError('SETUP_UNKNOWN_COMMAND', `usage: run.js ${Object.keys(commands).join('|')} [ARG...]`);
  const say = (/** @type {string} */ line) => console.error(`set-up: ${line}`);
  const node = await setUp({ root, env: process.env, exec, say, tests: name === 'test' });
  process.exitCode = await foreground(node, [...command, ...args], { cwd: root });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`set-up: ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
