import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Manifest, Workspace } from './workspaces.ts';

/** What every workspace has in common, where one differs. */
export function manifestFindings({ folder, manifest, hasTsconfig }: Workspace): string[] {
  const expected: Manifest = {
    name: `@limpet/${folder.split('/')[1]}`,
    private: true,
    license: 'Apache-2.0',
    type: 'module',
  };
  const wrong = Object.entries(expected)
    .filter(([key, value]) => manifest[key as keyof Manifest] !== value)
    .map(([key, value]) => `${folder}/package.json: "${key}" must be ${JSON.stringify(value)}`);
  if (!hasTsconfig) wrong.push(`${folder}: has no tsconfig.json`);
  if (manifest.scripts?.typecheck !== 'tsc -p tsconfig.json') {
    wrong.push(`${folder}/package.json: the script "typecheck" must be "tsc -p tsconfig.json", or turbo passes it by`);
  }
  return wrong;
}

/** Files that `exports`, `main` and `bin` name; a target with `*` stands for many. */
export function targetFindings(
  { folder, manifest }: Pick<Workspace, 'folder' | 'manifest'>,
  isThere: (path: string) => boolean,
): string[] {
  const { bin, exports, main } = manifest;
  return Object.entries({ bin, exports, main }).flatMap(([key, value]) =>
    targetsIn(value)
      .filter((target) => !target.includes('*') && !isThere(join(folder, target)))
      .map((target) => `${folder}/package.json: "${key}" names ${target}, which is not there`),
  );
}

function targetsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(targetsIn) : [];
}

const locked = ['name', 'bin', 'dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Workspaces (`''` is the root) that package-lock.json does not describe as they are; `npm ci` would refuse or miss them. */
export function lockFindings(
  lock: Record<string, Manifest | undefined>,
  manifests: readonly { folder: string; manifest: Manifest }[],
): string[] {
  return manifests.flatMap(({ folder, manifest }) => {
    const entry = lock[folder];
    const differing = locked.filter((key) => !isDeepStrictEqual(orUndefined(entry?.[key]), orUndefined(manifest[key])));
    if (differing.length === 0) return [];
    return [`${folder || '.'}/package.json: package-lock.json has other ${differing.join(', ')}; run: npm install`];
  });
}

/** npm leaves an empty map out of the lock. */
function orUndefined(value: unknown): unknown {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? undefined : value;
}
