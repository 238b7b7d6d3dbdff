import { posix } from 'node:path';
import { type Layer, layerOf, names } from './layers.ts';
import { type Import, importsOf } from './syntax.ts';
import { isTest, packageOf, type Source, type Workspace } from './workspaces.ts';

/** Each import that the table of layers forbids, as `file:line imports X; Y may import ...`. */
export function importOrderFindings(workspaces: readonly Workspace[]): string[] {
  const folders = new Map(workspaces.map(({ manifest, folder }) => [manifest.name ?? folder, folder]));
  return workspaces.flatMap((workspace) => {
    const layer = layerOf(workspace.folder);
    if (!layer) return [`${workspace.folder}: not in the table of tools/architecture/src/layers.ts`];
    return workspace.sources.flatMap((source) =>
      importsOf(source.path, source.text).flatMap((found) => {
        const reason = objection({ found, source, workspace, layer, folders });
        return reason ? [`${source.path}:${found.line} imports ${found.specifier}; ${reason}`] : [];
      }),
    );
  });
}

interface Case {
  found: Import;
  source: Source;
  workspace: Workspace;
  layer: Layer;
  /** Our package names, with their folders. */
  folders: ReadonlyMap<string, string>;
}

function objection({ found, source, workspace, layer, folders }: Case): string | undefined {
  const { specifier, typeOnly } = found;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(source.path), specifier);
    const inside = target.startsWith(`${workspace.folder}/`);
    return inside ? undefined : 'a relative import must stay in its workspace: import the other one by its name';
  }
  const name = packageOf(specifier);
  if (name === workspace.manifest.name) return 'a workspace imports its own files by relative paths';
  const test = isTest(source.path);
  const folder = name && folders.get(name);
  if (folder) {
    const allowed = [...layer.ours, ...(test ? (layer.inTests ?? []) : [])];
    if (!allowed.some((pattern) => names(pattern, folder)))
      return `${workspace.folder} may import ${orNothing(allowed)}`;
    return layer.typesOnly?.includes(folder) && !typeOnly && !test
      ? `${workspace.folder} may import types of it only`
      : undefined;
  }
  if (!layer.theirs || test || (name && layer.theirs.includes(name))) return undefined;
  return `${workspace.folder} is pure: of others, it may import ${orNothing(layer.theirs)}`;
}

function orNothing(list: readonly string[]): string {
  return list.join(', ') || 'nothing of ours';
}
