import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StateChange } from '../../ports.ts';
import { RowHashes } from './row-hashes.ts';
import { migrationsFrom, statementsOf } from './schema.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** What SQLite keeps beside a database. */
const besides = ['-wal', '-shm', '-journal'] as const;

/**
 * Makes a store that has these rows, in one step: it is there with all of them, or not at all. What a crash has left
 * half-made is made anew. What lies beside from a database that was taken away must not be read into this one.
 */
export async function createDatabase(
  connection: SqliteConnection,
  path: string,
  changes: readonly StateChange[],
): Promise<RowHashes> {
  const unfinished = `${path}.new`;
  const hashes = new RowHashes();
  const rows = hashes.prepare(changes);
  await remove([unfinished, ...besides.map((suffix) => unfinished + suffix)]);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await (await open(unfinished, 'wx', 0o600)).close(); // SQLite takes an empty file for a new database
  try {
    await connection.open(unfinished, 'write');
    await connection.run('write', [...migrationsFrom(0), ...statementsOf(rows.changes, hashes.digest, rows.digest)]);
    await connection.close();
    await remove(besides.map((suffix) => path + suffix));
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await connection.close().catch(() => {});
    await remove([unfinished, ...besides.map((suffix) => unfinished + suffix)]).catch(() => {});
    throw error;
  }
  hashes.stored(rows);
  return hashes;
}

const remove = async (paths: readonly string[]): Promise<void> => {
  for (const path of paths) await rm(path, { force: true });
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
