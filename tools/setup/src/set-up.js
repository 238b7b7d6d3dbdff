import { installDebianPackages, isDebian } from './debian.js';
import { projectNode } from './node24.js';
import { installPackages } from './npm-packages.js';
import { aptLine, missingTools, systemPath, testTools, tools } from './tools.js';

/**
 * Brings a fresh clone to where Limpet runs: npm packages, Node 24, and HAProxy and its neighbours where we may install
 * them. Does nothing, silently, when all is there. Without HAProxy it goes on: the embedded router needs none.
 * @param {{ root: string; env: NodeJS.ProcessEnv; exec: import('./exec.js').Exec; say: (line: string) => void; tests: boolean }} options
 * @returns {Promise<string>} the Node to go on with
 * @throws {import('./error.js').SetupError} when the packages or Node 24 cannot be had
 */
export async function setUp({ root, env, exec, say, tests }) {
  await installPackages({ root, exec, say, env });
  const node = projectNode(root);
  const wanted = tests ? [...tools, ...testTools] : tools;
  if (process.platform === 'linux')
    await installTools({ exec, say, wanted, env: { ...env, PATH: systemPath(env.PATH) } });
  return node;
}

/** @param {{ exec: import('./exec.js').Exec; say: (line: string) => void; wanted: readonly import('./tools.js').Tool[]; env: NodeJS.ProcessEnv & { PATH: string } }} options */
async function installTools({ exec, say, wanted, env }) {
  const missing = missingTools(env.PATH, wanted);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map((tool) => tool.command))].join(', ');
  if (!isDebian()) {
    say(`not installed: ${names}; please install them with the package manager of this system`);
  } else if (process.getuid?.() !== 0) {
    say(`not installed: ${names}; to get them: ${aptLine(missing)}`);
  } else {
    const packages = missing.map((tool) => tool.package);
    say(`installing with apt-get, without starting any service: ${packages.join(', ')}`);
    const problem = await installDebianPackages({ packages, exec, env });
    if (problem) say(`could not install ${names}: ${problem}`);
  }
}
