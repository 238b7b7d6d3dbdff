import { DataPlaneError } from '../../errors.ts';
import type { StateRow } from '../../ports.ts';
import { hashOf, RowHashes } from './row-hashes.ts';
import { APPLICATION_ID, everything, inspection, SCHEMA_VERSION } from './schema.ts';
import type { SqliteConnection, SqlRow } from './sqlite-connection.ts';

/** A store that was found to be as it was stored. */
export interface Verified {
  /** Of its schema. */
  version: number;
  rows: StateRow[];
  hashes: RowHashes;
}

/** The way out of a store that is damaged. */
export const restoring = (path: string): string =>
  `restore ${path} from a backup, or remove ${path}* and send all rules again`;

/**
 * Reads the whole store that the connection has open, and looks whether it is as it was stored: the pages, the marker, each
 * row, and that none is missing.
 *
 * @throws DataPlaneError `STATE_UNREADABLE`; SqliteError
 */
export async function verifyDatabase(connection: SqliteConnection, path: string): Promise<Verified> {
  const [pages, marker, versions] = await connection.run('read', [
    inspection.check,
    inspection.applicationId,
    inspection.version,
  ]);
  const found = pages![0]?.quick_check;
  if (found !== 'ok') throw damaged(path, `its pages are damaged (${String(found).replace(/^\*\*\*.*\n/, '')})`);
  if (marker![0]!.application_id !== APPLICATION_ID) throw damaged(path, 'it is empty, or no store of Limpet');
  const version = versions![0]!.user_version as number;
  if (version > SCHEMA_VERSION) {
    const message = `${path} was written by a newer Limpet (version ${version} of its form; this one knows ${SCHEMA_VERSION}); start the newer one`;
    throw new DataPlaneError('STATE_UNREADABLE', message);
  }
  const [all, digest] = await connection.run('read', [everything.rows, everything.digest]);
  const rows = rowsIn(path, all!);
  const hashes = new RowHashes(rows);
  if (digest!.length !== 1 || digest![0]!.value !== hashes.digest) {
    throw damaged(path, 'rows are missing, or are of an older time');
  }
  return { version, rows, hashes };
}

/** The rows of an answer. @throws DataPlaneError `STATE_UNREADABLE`, which names the first that is damaged */
export function rowsIn(path: string, found: readonly SqlRow[]): (StateRow & { hash: string })[] {
  return found.map((row) => {
    const { kind, key, value, hash } = row as unknown as StateRow & { hash: string };
    if (hashOf({ kind, key, value }) !== hash) throw damaged(path, `the row ${kind} ${key} is not as it was stored`);
    return { kind, key, value, hash };
  });
}

const damaged = (path: string, what: string): DataPlaneError =>
  new DataPlaneError('STATE_UNREADABLE', `${path} is damaged: ${what}; ${restoring(path)}`);
