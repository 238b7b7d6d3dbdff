import { SqliteConnection, type SqlRow, type Statement } from '../src/linux/state/sqlite-connection.ts';

/** Runs statements on the database of a store behind the store's back. */
export async function onDatabase(path: string, statements: readonly Statement[]): Promise<SqlRow[][]> {
  const connection = new SqliteConnection();
  try {
    await connection.open(path, 'write');
    return await connection.run('write', statements);
  } finally {
    await connection.close();
  }
}
