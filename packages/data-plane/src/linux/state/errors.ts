import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataPlaneError } from '../../errors.ts';
import { SqliteError } from './sqlite-connection.ts';
import { restoring } from './verify.ts';

/** Primary result codes of SQLite. */
const BUSY = 5;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

/** By primary result code, what a write that failed has met: the system's name of it, and the way out. */
const met: Readonly<Record<number, string>> = {
  [BUSY]: 'EBUSY: another process writes to it; end that process',
  [READ_ONLY]: 'EROFS: it is read-only; make the disk writable',
  [IO_ERROR]: 'EIO: the disk has failed; see what the kernel says of it',
  [FULL]: 'ENOSPC: the disk is full; make room on it',
};

/** A full disk is an I/O error where SQLite cannot make its shared index longer (SQLITE_IOERR_SHMSIZE). */
function meaning(path: string, error: SqliteError): string | undefined {
  const code = primary(error);
  return met[code === IO_ERROR && isFull(dirname(path)) ? FULL : code];
}

function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false; // the folder has gone: then it is the disk
  }
}

const primary = (error: SqliteError): number => error.resultCode & 0xff;

/** Whether after this error of a commit the database is still open as before. */
export const isAsBefore = (error: unknown): boolean =>
  error instanceof SqliteError && error.resultCode !== 517 && [BUSY, FULL].includes(primary(error));

/** What a reader is told. */
export function readError(path: string, cause: unknown): unknown {
  if (!(cause instanceof SqliteError)) return cause;
  const isDamaged = [CORRUPT, NOT_A_DATABASE].includes(primary(cause));
  const what = isDamaged
    ? `is damaged: ${cause.message}; ${restoring(path)}`
    : `cannot be read: ${cause.message}; make its disk writable, or look at its permissions`;
  return new DataPlaneError('STATE_UNREADABLE', `${path} ${what}`, { cause });
}

/** What a writer is told: errors of SQLite and of the file system alike. */
export function writeError(path: string, cause: unknown): unknown {
  if (cause instanceof DataPlaneError) return cause;
  if (cause instanceof SqliteError && [CORRUPT, NOT_A_DATABASE].includes(primary(cause))) return readError(path, cause);
  const { message } = cause as Error;
  const why = (cause instanceof SqliteError && meaning(path, cause)) || message;
  return new DataPlaneError('STATE_NOT_STORED', `${path} is unchanged: ${why}`, { cause });
}
