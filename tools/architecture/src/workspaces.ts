import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a package.json that the house has rules for. */
export interface Manifest {
  name?: string;
  type?: string;
  private?: boolean;
  license?: string;
  main?: string;
  exports?: unknown;
  bin?: Record<string, string>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** A file of source text, or any other text file. */
export interface Source {
  /** From the root of the repository. */
  path: string;
  text: string;
}

/** A package, an app or a tool; or, with the folder `''`, the root. */
export interface Workspace {
  /** From the root, such as `packages/model`. */
  folder: string;
  manifest: Manifest;
  hasTsconfig: boolean;
  sources: readonly Source[];
}

/** The package.json of `folder`. */
export function readManifest(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** All workspaces below `root`, with their sources. */
export function readWorkspaces(root: string): Workspace[] {
  const manifests = globSync('{packages,apps,tools}/*/package.json', { cwd: root }).sort();
  return manifests.map((path) => {
    const folder = path.slice(0, -'/package.json'.length);
    return {
      folder,
      manifest: readManifest(root, folder),
      hasTsconfig: existsSync(join(root, folder, 'tsconfig.json')),
      sources: readSources(root, folder),
    };
  });
}

function readSources(root: string, folder: string): Source[] {
  const exclude = ['**/node_modules/**', '**/dist/**'];
  const paths = globSync(`${folder}/**/*.{ts,tsx,js,mjs}`, { cwd: root, exclude }).sort();
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Test code: it may use what the product must not. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/(testing|testdata)\//.test(path);
}

/** `@limpet/model/x` is `@limpet/model`, `zod/v4` is `zod`; undefined for a relative path or a module of Node's. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
