import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataPlaneError } from '../errors.ts';
import { checkLength } from '../file-length.ts';
import type { Files } from '../ports.ts';
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

/** Without O_NONBLOCK, opening a FIFO waits for a writer. */
const readNow = constants.O_RDONLY | constants.O_NONBLOCK;

const readRegular = async (path: string, maxBytes: number | undefined): Promise<string> => {
  const handle = await open(path, readNow);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new DataPlaneError('ROUTER_FILE_UNUSABLE', `${path} is not a regular file`);
    checkLength(path, stats.size, maxBytes);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

/** The file system. Writes are atomic and durable: temporary file, fsync, rename, fsync of the directory. */
export const nodeFiles: Files = {
  async read(path, maxBytes) {
    try {
      return await readRegular(path, maxBytes);
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
