import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compile, NODE_FLAGS } from './bundle.ts';

const run = promisify(execFile);
const postject = fileURLToPath(new URL('../../../node_modules/postject/dist/cli.js', import.meta.url));

/** Where a Node finds that it has a program within it: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const [resource, fuse] = ['NODE_SEA_BLOB', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];

/** `limpet` with Node in it. */
export interface Executable {
  program: string;
  /** Whether Node's symbols were taken out, which are 18 MB. */
  stripped: boolean;
}

/**
 * Builds `limpet` as one executable into a folder, with the Node that runs this. The inspector's page is looked for beside it, as
 * by the bundle.
 *
 * @param folder is there; what has the name `limpet` in it is replaced, also when it runs
 * @param strip the program that takes symbols out of another, of binutils; without it the executable has Node's
 */
export async function writeExecutable(folder: string, strip = 'strip'): Promise<Executable> {
  const draft = await mkdtemp(join(folder, 'executable-'));
  try {
    const [main, blob, node] = ['limpet.cjs', 'limpet.blob', 'limpet'].map((name) => join(draft, name)) as [
      string,
      string,
      string,
    ];
    // Node 24 takes no ES module as its main, and a script has no address of its own.
    await compile({
      ...{ outfile: main, format: 'cjs', define: { 'import.meta.url': 'addressOfExecutable' } },
      banner: { js: "const addressOfExecutable = require('node:url').pathToFileURL(process.execPath).href;" },
    });
    const config = join(draft, 'sea.json');
    const sea = { main, output: blob, disableExperimentalSEAWarning: true, useCodeCache: true, execArgv: NODE_FLAGS };
    await writeFile(config, JSON.stringify(sea));
    // V8 refuses code that was compiled with other flags than it runs with.
    await run(process.execPath, [...NODE_FLAGS, '--experimental-sea-config', config]);
    // Before the injection: strip destroys an executable that has something injected.
    const stripped = await copyStripped(process.execPath, node, strip);
    await run(process.execPath, [postject, node, resource, blob, '--sentinel-fuse', fuse]);
    const program = join(folder, 'limpet');
    await rename(node, program);
    return { program, stripped };
  } finally {
    await rm(draft, { recursive: true });
  }
}

/** Copies a program without its symbols, or whole where there is no `strip`; resolves to which of them. */
export async function copyStripped(from: string, to: string, strip: string): Promise<boolean> {
  try {
    await run(strip, ['-o', to, from]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await copyFile(from, to);
    return false;
  }
}
