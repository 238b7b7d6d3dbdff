import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './error.js';
import { withLock } from './lock.js';

/** @typedef {{ version?: string; integrity?: string; resolved?: string; bin?: unknown; optional?: boolean }} LockEntry */

/**
 * True when node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json as the last
 * act of an installation, so one that was killed is seen as incomplete, and one that was made by hand counts.
 * @param {string} root
 */
export function packagesComplete(root) {
  const wanted = lockEntries(join(root, 'package-lock.json'));
  const installed = lockEntries(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages are those of other platforms, or left out on purpose.
    if (!found) return entry.optional === true;
    return fingerprint(found) === fingerprint(entry) && existsSync(join(root, path));
  });
}

/**
 * Runs `npm ci` unless it is not needed.
 * @param {{ root: string; exec: import('./exec.js').Exec; say: (line: string) => void; env?: NodeJS.ProcessEnv }} options
 * @throws {SetupError} SETUP_NPM_FAILED
 */
export async function installPackages({ root, exec, say, env = process.env }) {
  if (packagesComplete(root)) return;
  const install = async () => {
    if (packagesComplete(root)) return;
    say('installing the npm packages of package-lock.json (npm ci)');
    const [file, ...args] = npmCommand(env);
    const { code, output } = await exec(file, [...args, 'ci'], { cwd: root });
    if (code === 0) return;
    throw new SetupError(
      'SETUP_NPM_FAILED',
      `npm ci ended with exit code ${code}; it needs the npm registry. It said:\n${output.trim()}`,
    );
  };
  await withLock(`npm ci ${root}`, install, () => say('waiting for another set-up of this checkout'));
}

/**
 * The npm that runs us, with the Node that runs it: `npm ci` empties node_modules, and with it the Node that lives there.
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]}
 */
function npmCommand(env) {
  const { npm_node_execpath: node, npm_execpath: npm } = env;
  return node && npm?.endsWith('.js') ? [node, npm] : ['npm'];
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function lockEntries(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** @param {LockEntry} entry */
function fingerprint({ version, integrity, resolved, bin }) {
  return JSON.stringify([version, integrity, resolved, bin]);
}
