import { constants } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Files } from '../dataplane.ts';
import { lockFile } from './lock.ts';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Without O_CREAT. */
const appendOnly = constants.O_WRONLY | constants.O_APPEND;

const sync = async (path: string, flags: string | number, text?: string): Promise<void> => {
  const handle = await open(path, flags, 0o600);
  try {
    if (text !== undefined) await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The file system. A file is replaced whole and lasts: temporary file, fsync, rename, fsync of the directory. */
export const nodeFiles: Files = {
  async read(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async write(path, text) {
    const temporary = `${path}.tmp`;
    await sync(temporary, 'w', text);
    await rename(temporary, path);
    await sync(dirname(path), 'r');
  },
  append: (path, text) => sync(path, appendOnly, text),
  lock: lockFile,
};
