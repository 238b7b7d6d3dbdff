import { join } from 'node:path/posix';
import { type DataPlane, readConfigFolder } from '@limpet/data-plane';
import { readShowProc } from '@limpet/haproxy';

/** Where routers have HAProxy's configuration, in their folder: CloudStack's in a file, Limpet's in a folder. */
const file = 'haproxy.cfg';
const folder = 'haproxy.d';

/** Milliseconds between two looks whether a reload has failed. */
const pollMs = 10;

/** The configuration on a router's disk as one text; undefined when there is none. */
export async function installedConfig({ files }: Pick<DataPlane, 'files'>, dir: string): Promise<string | undefined> {
  const texts = [...(await readConfigFolder(files, join(dir, folder))).values()];
  return texts.length > 0 ? texts.join('\n') : files.read(join(dir, file));
}

/** Somebody edits the first file of Limpet's configuration that `change` changes. */
export async function editConfig(
  { files }: Pick<DataPlane, 'files'>,
  dir: string,
  change: (text: string) => string,
): Promise<void> {
  for (const [name, text] of await readConfigFolder(files, join(dir, folder))) {
    const edited = change(text);
    if (edited !== text) return files.write(join(dir, folder, name), edited);
  }
}

/** What Limpet's HAProxy is started with. */
export const limpetConfig = (dir: string): string => join(dir, folder);

/** Whether the path is of a file of Limpet's configuration. */
export const isLimpetConfig = (path: string): boolean => path.includes(`/${folder}/`);

/** Signals a reload that fails: a file is added that HAProxy cannot read, and taken away when it has failed. */
export async function failToReload({ files, haproxy, clock }: DataPlane, dir: string): Promise<void> {
  const path = join(dir, folder, 'zz-refused.cfg');
  const failures = async (): Promise<number> => readShowProc(await haproxy.master('show proc')).failed ?? 0;
  const before = await failures();
  await files.write(path, 'listen refused\n  refused\n');
  await haproxy.signalReload();
  while ((await failures()) === before) await clock.sleep(pollMs);
  await files.remove(path);
}
