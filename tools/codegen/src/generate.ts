import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeDifference } from './difference.ts';
import { emitCommands } from './emit/commands.ts';
import { emitHandlers } from './emit/handlers.ts';
import { emitRecords } from './emit/records.ts';
import { emitSchemas } from './emit/schemas.ts';
import { emitStatecharts } from './emit/statecharts.ts';
import { readModel } from './read-model.ts';

/** A file as it should be. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  path: string;
  text: string;
}

/** A file that is not as it should be. */
export interface StaleFile {
  path: string;
  /** The first lines that differ, `-` as it is and `+` as it should be. */
  difference: string;
}

/**
 * Generates everything from `packages/model` of the repository at `root`. The same model always gives the same text.
 *
 * @throws CodegenError when the model cannot be generated from
 */
export async function generate(root: string): Promise<GeneratedFile[]> {
  const model = await readModel(join(root, 'packages/model/src/statecharts'));
  const contract = 'packages/contract/src';
  return [
    { path: `${contract}/records.generated.ts`, text: emitRecords(model) },
    { path: `${contract}/commands.generated.ts`, text: emitCommands(model) },
    { path: `${contract}/schemas.generated.ts`, text: emitSchemas(model) },
    { path: `${contract}/handlers.generated.ts`, text: emitHandlers(model) },
    { path: 'docs/statecharts.generated.md', text: emitStatecharts(model) },
  ];
}

/** Writes what is stale, and says which files that were. */
export async function writeGenerated(root: string): Promise<StaleFile[]> {
  return updateFiles(root, await generate(root));
}

/** Writes those of `files` that are not as they should be, and says which. */
export async function updateFiles(root: string, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const stale = await compare(root, files);
  for (const { path, text } of files.filter((file) => stale.some((other) => other.path === file.path))) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return stale;
}

/** The generated files that do not fit the model any more; empty when all is well. */
export async function checkGenerated(root: string): Promise<StaleFile[]> {
  return compare(root, await generate(root));
}

async function compare(root: string, files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const compared = await Promise.all(
    files.map(async ({ path, text }) => ({
      path,
      difference: describeDifference(await readIfThere(join(root, path)), text),
    })),
  );
  return compared.filter((file) => file.difference !== '');
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
