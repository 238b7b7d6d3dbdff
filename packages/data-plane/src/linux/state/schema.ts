import type { Statement } from './sqlite-connection.ts';

/** The marker in the header of a database that is a store of Limpet's: an empty file is a valid database without it. */
export const APPLICATION_ID = 0x4c_4d_50_54; // LMPT

/**
 * What makes a database of one version one of the next; the first makes an empty one version 1. `user_version` is the
 * number of those that were done.
 */
const migrations: readonly (readonly Statement[])[] = [
  [
    {
      sql: 'CREATE TABLE state (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, hash TEXT NOT NULL) STRICT',
    },
    { sql: 'CREATE UNIQUE INDEX state_by_key ON state (kind, key)' },
    { sql: 'CREATE TABLE digest (value TEXT NOT NULL) STRICT' },
    { sql: 'INSERT INTO digest (value) VALUES (?)', runs: [['0'.repeat(64)]] },
    { sql: `PRAGMA application_id = ${APPLICATION_ID}` },
  ],
];

/** The version that this Limpet writes. */
export const SCHEMA_VERSION = migrations.length;

/** What has to be done to a database of this version; nothing when it is of today's. */
export const migrationsFrom = (version: number): Statement[] =>
  version === SCHEMA_VERSION
    ? []
    : [...migrations.slice(version).flat(), { sql: `PRAGMA user_version = ${SCHEMA_VERSION}` }];

/** For a connection that writes: a commit outlives a loss of power. The log is written back by `checkpoint` alone. */
export const forWriting: readonly Statement[] = [
  { sql: 'PRAGMA journal_mode = WAL' },
  { sql: 'PRAGMA synchronous = FULL' },
  { sql: 'PRAGMA wal_autocheckpoint = 0' },
  { sql: 'PRAGMA journal_size_limit = 0' },
  // To read makes the index of the log (state.db-shm). On a disk that is full by then it could not be made, and nothing be read.
  { sql: 'SELECT count(*) FROM sqlite_schema' },
];

/** Writes the log back into the database, and leaves it empty. */
export const checkpoint: Statement = { sql: 'PRAGMA wal_checkpoint(TRUNCATE)' };

/** The structure of all pages, the marker and the version. */
export const inspection = {
  check: { sql: 'PRAGMA quick_check(1)' },
  applicationId: { sql: 'PRAGMA application_id' },
  version: { sql: 'PRAGMA user_version' },
} as const satisfies Record<string, Statement>;

/** All rows, and the digest over them. */
export const everything = {
  rows: { sql: 'SELECT kind, key, value, hash FROM state' },
  digest: { sql: 'SELECT value FROM digest' },
} as const satisfies Record<string, Statement>;

/** Rows of some kinds. */
export const rowsOf = (kinds: readonly string[]): Statement => ({
  sql: 'SELECT kind, key, value, hash FROM state WHERE kind IN (SELECT value FROM json_each(?))',
  runs: [[JSON.stringify(kinds)]],
});

/** A row as it is stored; without a value, it goes. */
export interface HashedChange {
  kind: string;
  key: string;
  stored?: { value: string; hash: string } | undefined;
}

/** Makes the changes, if the digest is still that of what they were made from. */
export function statementsOf(changes: readonly HashedChange[], before: string, after: string): Statement[] {
  return [
    {
      sql: `INSERT INTO state (kind, key, value, hash) VALUES (?, ?, ?, ?)
        ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, hash = excluded.hash`,
      runs: changes.flatMap(({ kind, key, stored }) => (stored ? [[kind, key, stored.value, stored.hash]] : [])),
    },
    {
      sql: 'DELETE FROM state WHERE kind = ? AND key = ?',
      runs: changes.flatMap(({ kind, key, stored }) => (stored ? [] : [[kind, key]])),
    },
    { sql: 'UPDATE digest SET value = ? WHERE value = ?', runs: [[after, before]], changesRow: true },
  ];
}
