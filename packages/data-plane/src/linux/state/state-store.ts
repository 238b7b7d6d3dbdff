import type { StateStore } from '../../ports.ts';
import { StateDatabase } from './state-database.ts';

/** Databases that this process has open, by path: two connections of one process would not know of each other's rows. */
const open = new Map<string, StateDatabase>();

const databaseAt = (path: string): StateDatabase => {
  const database = open.get(path) ?? new StateDatabase(path);
  open.set(path, database);
  return database;
};

const close = async (path: string): Promise<void> => {
  const database = open.get(path);
  open.delete(path);
  await database?.close();
};

/**
 * Stores in SQLite databases: write-ahead log, `synchronous = FULL`, in a thread. SQLite alone takes an
 * empty file for a good database, and does not see changed bytes within a value. So a store has a marker, a hash of each
 * row, and a digest over all, and is verified before it is opened for writing.
 */
export const sqliteStateStore: StateStore = {
  async load(path, kinds, access) {
    const isOpen = open.has(path);
    try {
      return await databaseAt(path).load(kinds, access);
    } finally {
      if (!isOpen && access === 'read') await close(path);
    }
  },
  commit: (path, changes) => databaseAt(path).commit(changes),
  close,
};
