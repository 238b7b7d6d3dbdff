import { SqliteThread, type SqlRow, type Statement } from '../src/linux/state/sqlite-thread.ts';

/** Runs statements on the database of a store behind the store's back. */
export async function onDatabase(path: string, statements: readonly Statement[]): Promise<SqlRow[][]> {
  const thread = new SqliteThread();
  try {
    await thread.open(path, 'write');
    return await thread.run('write', statements);
  } finally {
    await thread.end();
  }
}
