import { posix } from 'node:path';
import { isTest, type Source } from './workspaces.ts';

/**
 * Folders with more than `max` product files of their own (those of folders below do not count), as `folder: n files`,
 * sorted. Tests and generated files do not count.
 *
 * @param max @defaultValue 25
 */
export function wideFolders(sources: readonly Source[], max = 25): string[] {
  const files = sources.map(({ path }) => path).filter((path) => !isTest(path) && !path.includes('.generated.'));
  const byFolder = Map.groupBy(files, (path) => posix.dirname(path));
  return [...byFolder]
    .filter(([, { length }]) => length > max)
    .map(([folder, { length }]) => `${folder}: ${length} files`)
    .sort();
}
