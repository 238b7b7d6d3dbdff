import { chmod, copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '@limpet/inspector';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { licencesOf } from './licences.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Flags of Node for `limpet agent`, on a router that has 512 MB of memory. Young objects get 1 MB in place of 16, and
 * garbage is collected before the heap has grown by half: with 50 rules of 10 members the agent holds 35 MB less after some
 * hundred changes than with 2 MB for young objects alone, and a change takes as long as before.
 */
export const NODE_FLAGS = ['--optimize-for-size'];

/** What a bundle begins with. CommonJS packages within it require Node's own modules. */
const banner = `#!/usr/bin/env -S node ${NODE_FLAGS.join(' ')}
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** zod has its messages in fifty languages, and Limpet speaks one. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/** The files of a bundle. */
export interface Bundle {
  /** The command line, which needs Node 24 and nothing else. */
  program: string;
  /** The folder of the inspector's page, which the agent serves; it stays beside the program. */
  page: string;
  /** The JSON Schemas of the agent's configuration and of a rules file. */
  schemas: readonly string[];
  /** The licences of what is within the program. */
  licences: string;
}

/**
 * Compiles the operator's commands and the agent into one file.
 *
 * @param format where and as what
 */
export async function compile(
  format: Pick<BuildOptions, 'outfile' | 'format' | 'banner' | 'define' | 'sourcemap'>,
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ['apps/cli/src/bundle.ts'],
    bundle: true,
    platform: 'node',
    target: 'node24',
    // Names stay, for the stack of an error.
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    plugins: [oneLanguage],
    logLevel: 'warning',
    ...format,
  });
  return metafile;
}

/**
 * Builds `limpet` as one file into `folder`, with its source map, the inspector's page, the schemas of its files, and the
 * licences of what is in it.
 */
export async function writeBundle(folder: string): Promise<Bundle> {
  const program = join(folder, 'limpet.mjs');
  await mkdir(folder, { recursive: true });
  const { inputs } = await compile({
    ...{ outfile: program, format: 'esm', banner: { js: banner }, sourcemap: 'external' },
  });
  await chmod(program, 0o755);
  const page = join(folder, 'page');
  await cp(await buildPage(), page, { recursive: true });
  // The agent's user reads what root has copied.
  await chmod(page, 0o755);
  const schemas = await Promise.all(
    ['apps/agent/agent.schema.json', 'apps/cli/rules.schema.json'].map(async (path) => {
      const copy = join(folder, path.split('/').at(-1)!);
      await copyFile(join(repository, path), copy);
      return copy;
    }),
  );
  const licences = join(folder, 'LICENCES.txt');
  await writeFile(licences, await licencesOf(Object.keys(inputs), repository));
  return { program, page, schemas, licences };
}
