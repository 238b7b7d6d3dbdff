import { importsOf } from './syntax.ts';
import { isTest, type Manifest, packageOf, type Workspace } from './workspaces.ts';

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Where what a workspace declares and what it imports differ. Tests may use the root's development dependencies. */
export function declarationFindings(workspace: Workspace, root: Manifest): string[] {
  const { folder, manifest } = workspace;
  const product = importedPackages(workspace, (path) => !isTest(path));
  const tests = importedPackages(workspace, isTest);
  const dependencies = new Set(Object.keys(manifest.dependencies ?? {}));
  const development = new Set(Object.keys(manifest.devDependencies ?? {}));
  const shared = new Set(Object.keys(root.devDependencies ?? {}));
  const own = manifest.name ?? '';
  return [
    ...minus(product, dependencies, [own]).map((name) => `${folder}: imports ${name}; add it to dependencies`),
    ...minus(dependencies, product).map((name) => `${folder}: does not import ${name}; take it out of dependencies`),
    ...minus(tests, dependencies, development, shared, [own]).map(
      (name) => `${folder}: tests import ${name}; add it to devDependencies`,
    ),
    ...minus(development, tests).map(
      (name) => `${folder}: tests do not import ${name}; take it out of devDependencies`,
    ),
  ];
}

/** Versions that are ranges, and packages of others that occur in more than one version. */
export function versionFindings(manifests: readonly { folder: string; manifest: Manifest }[]): string[] {
  const declared = manifests.flatMap(({ folder, manifest }) =>
    kinds.flatMap((kind) => Object.entries(manifest[kind] ?? {}).map(([name, version]) => ({ folder, name, version }))),
  );
  const first = new Map<string, { folder: string; version: string }>();
  return declared.flatMap(({ folder, name, version }) => {
    if (name.startsWith('@limpet/')) {
      return version === '*' ? [] : [`${folder}: ${name} is of this repository; its version is "*", not "${version}"`];
    }
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) return [`${folder}: pin ${name} to one version, not "${version}"`];
    const other = first.get(name) ?? { folder, version };
    first.set(name, other);
    if (other.version === version) return [];
    return [`${folder}: ${name} ${version}, but ${other.folder || 'the root'} has ${other.version}; take one`];
  });
}

function importedPackages(workspace: Workspace, wanted: (path: string) => boolean): Set<string> {
  const sources = workspace.sources.filter(({ path }) => wanted(path));
  const specifiers = sources.flatMap(({ path, text }) => importsOf(path, text).map(({ specifier }) => specifier));
  return new Set(specifiers.map(packageOf).filter((name) => name !== undefined));
}

function minus(names: ReadonlySet<string>, ...others: readonly Iterable<string>[]): string[] {
  const without = new Set(others.flatMap((other) => [...other]));
  return [...names].filter((name) => !without.has(name)).sort();
}
