/**
 * The page as files for a browser. They are made when they are first needed, and kept in a folder that git ignores: what is
 * checked in is the source alone, so the page is never older than it, and a fresh clone needs no step before the first use.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { InspectorError } from '../errors.ts';
import { modelMachines } from '../results/model-machines.ts';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('./vite-build.ts', import.meta.url));
const repository = join(workspace, '../..');

/** Where a bundle has the page: beside its program. There is no such folder among the sources. */
const shipped = fileURLToPath(new URL('./page', import.meta.url));

/** Where the built pages are kept. */
export const DEFAULT_CACHE = join(repository, 'node_modules/.cache/limpet-inspector');

/** All that the page is made of but the machines that it has layouts of: its sources, and the versions of what they import. */
const INPUTS = [
  'src/{page,chart}/**/*',
  'src/server/{vite-build,page-files}.ts',
  'package.json',
  '../../packages/inspection/src/**/*.ts',
  '../../packages/operations/src/inspection/rule-view-schema.ts',
];

/**
 * Builds the page, unless this very page was built before, or came with the program. Two processes may build at once: the first to end is kept.
 *
 * @returns the folder with `index.html` and `assets`
 * @throws InspectorError `INSPECTOR_BUILD_FAILED`
 */
export async function buildPage(cache = DEFAULT_CACHE): Promise<string> {
  if (existsSync(join(shipped, 'index.html'))) return shipped;
  // In a bundle there are no sources, and what is two folders up is not ours to write into.
  if (!existsSync(program)) throw new InspectorError('INSPECTOR_BUILD_FAILED', `there is no page in ${shipped}`);
  const built = join(cache, fingerprint());
  if (existsSync(join(built, 'index.html'))) return built;
  try {
    mkdirSync(cache, { recursive: true });
    const draft = mkdtempSync(join(cache, 'draft-'));
    await buildInto(draft);
    keep(draft, built);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new InspectorError('INSPECTOR_BUILD_FAILED', `the page could not be built into ${cache}: ${said}`, { cause });
  }
  return built;
}

function fingerprint(): string {
  const hash = createHash('sha256').update(JSON.stringify(modelMachines));
  const files = globSync(INPUTS, { cwd: workspace, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash
      .update(`${file.slice(dirname(workspace).length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function buildInto(outDir: string): Promise<void> {
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [program, outDir], { env });
}

function keep(draft: string, built: string): void {
  try {
    renameSync(draft, built);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(built, 'index.html'))) throw error;
  }
}
