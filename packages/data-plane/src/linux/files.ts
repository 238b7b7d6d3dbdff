import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataPlaneError } from '../errors.ts';
import { checkLength } from '../file-length.ts';
import type { Files } from '../ports.ts';
import { lockFile } from './lock.ts';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Puts the text into the file, and waits for the disk unless it is to be volatile. */
const put = async (path: string, flags: string, text?: string, durable = true): Promise<void> => {
  const handle = await open(path, flags, 0o600);
  try {
    if (text !== undefined) await handle.writeFile(text);
    if (durable) await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The work's answer; `otherwise` when the file or folder is not there. */
const unlessMissing = async <T, U>(work: Promise<T>, otherwise: () => U): Promise<T | Awaited<U>> => {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return await otherwise();
    throw error;
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

/** The file system. A durable write is: temporary file, fsync, rename, fsync of the folder. */
export const nodeFiles: Files = {
  read: (path, maxBytes) => unlessMissing(readRegular(path, maxBytes), () => undefined),
  async list(folder) {
    const entries = await unlessMissing(readdir(folder, { withFileTypes: true }), () => []);
    return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort();
  },
  async write(path, text, durability = 'durable') {
    const durable = durability === 'durable';
    const temporary = `${path}.tmp`;
    await unlessMissing(put(temporary, 'w', text, durable), async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await put(temporary, 'w', text, durable);
    });
    await rename(temporary, path);
    if (durable) await put(dirname(path), 'r');
  },
  remove: (path) => rm(path, { force: true }),
  lock: lockFile,
};
