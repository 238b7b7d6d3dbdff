import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { applyEdits, type Mutant } from './mutant.ts';

const model = 'packages/model/src';

/**
 * The mutants that the compiler refuses: an engineer would not come to commit them, so they count as nothing. All of them are
 * compiled in one run, each as a module beside the ones that it imports.
 *
 * @param folder - a folder to write to; it is emptied
 */
export function refusedByTypes(root: string, folder: string, mutants: readonly Mutant[]): Set<Mutant> {
  const src = join(folder, 'src');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, model), src, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  mutants.forEach((mutant, at) => {
    const text = applyEdits(readFileSync(join(root, mutant.file), 'utf8'), mutant.edits);
    writeFileSync(join(src, relative(model, mutant.file).replace(/\.ts$/, `.mutant${at}.ts`)), text);
  });
  const config = {
    extends: relative(folder, join(root, 'tsconfig.base.json')),
    // What a mutant does not use any more is no error of its types.
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ['src'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const refused = new Set<Mutant>();
  // A file that cannot be parsed hides the errors of types in all of them.
  for (let found = compile(root, folder); found.length > 0; found = compile(root, folder)) {
    for (const { at, path } of found) {
      refused.add(mutants[at]!);
      rmSync(join(folder, path), { force: true });
    }
  }
  rmSync(folder, { recursive: true });
  return refused;
}

function compile(root: string, folder: string): { at: number; path: string }[] {
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json', '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const errors = stdout.matchAll(/^(.*\.mutant(\d+)\.ts)\(/gm);
  return [...errors].map(([, path, at]) => ({ at: Number(at), path: path! }));
}
