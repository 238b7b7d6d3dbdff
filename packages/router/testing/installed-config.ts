import { join } from 'node:path/posix';
import { type DataPlane, readConfigFolder } from '@limpet/data-plane';
import { configFolder } from '../src/haproxy/config/names.ts';
import { configText } from '../src/haproxy/config/render.ts';

/** HAProxy's configuration on a router's disk, as one text. */
export const installedConfig = async ({ files }: Pick<DataPlane, 'files'>, dir = '/limpet'): Promise<string> =>
  configText({ config: await readConfigFolder(files, join(dir, configFolder)) });

/** Somebody edits the first file of the configuration that `change` changes. */
export async function editConfig(
  { files }: Pick<DataPlane, 'files'>,
  change: (text: string) => string,
  dir = '/limpet',
): Promise<void> {
  const folder = join(dir, configFolder);
  for (const [name, text] of await readConfigFolder(files, folder)) {
    const edited = change(text);
    if (edited !== text) return files.write(join(folder, name), edited);
  }
}
