import { join } from 'node:path/posix';
import type { Files } from './ports.ts';

/** By name, the files of a folder that `haproxy -f FOLDER` reads, in its order. */
export async function readConfigFolder(
  files: Pick<Files, 'list' | 'read'>,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const names = (await files.list(folder)).filter(isConfigFile);
  const texts = await Promise.all(names.map((name) => files.read(join(folder, name))));
  return new Map(names.flatMap((name, at): [string, string][] => (texts[at] === undefined ? [] : [[name, texts[at]]])));
}

/** Whether HAProxy reads a file of this name (management guide, `-f`). */
export const isConfigFile = (name: string): boolean => /^[^.].*\.cfg$/.test(name);
