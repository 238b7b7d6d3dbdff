import { stat } from 'node:fs/promises';
import { DataPlaneError } from '../../errors.ts';
import type { StateAccess, StateChange, StateRow } from '../../ports.ts';
import { createDatabase } from './create.ts';
import { isAsBefore, readError, writeError } from './errors.ts';
import { FilesInUse } from './files-in-use.ts';
import type { RowHashes } from './row-hashes.ts';
import { checkpoint, forWriting, migrationsFrom, rowsOf, statementsOf } from './schema.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { rowsIn, type Verified, verifyDatabase } from './verify.ts';

/** Pages of the log after which it is written back: SQLite's own default. */
const pagesOfLog = 1_000;
const pageBytes = 4_096;

/** Changes that wait for the same commit. */
interface Batch {
  changes: StateChange[];
  stored: Promise<void>;
}

/** A store in a SQLite database, as long as it is used by this process. Its calls are done one after the other. */
export class StateDatabase {
  readonly #path: string;
  readonly #connection = new SqliteConnection();
  /** Of what is stored; undefined: the database is not open for writing. */
  #hashes: RowHashes | undefined;
  #wasThere = false;
  #files: FilesInUse;
  #pages = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Not begun yet. */
  #next: Batch | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#files = new FilesInUse(path);
  }

  /** `StateStore.load`. */
  load(kinds: readonly string[], access: StateAccess): Promise<StateRow[] | undefined> {
    return this.#inTurn(async () => {
      try {
        if (this.#hashes) {
          const [rows] = await this.#connection.run('read', [rowsOf(kinds)]);
          return rowsIn(this.#path, rows!).map(({ hash: _, ...row }) => row);
        }
        const verified = access === 'write' ? await this.#open() : await this.#look();
        return verified?.rows.flatMap(({ kind, key, value }) => (kinds.includes(kind) ? [{ kind, key, value }] : []));
      } catch (error) {
        throw readError(this.#path, error);
      }
    });
  }

  /** `StateStore.commit`. */
  commit(changes: readonly StateChange[]): Promise<void> {
    if (this.#next) this.#next.changes.push(...changes);
    else {
      const batch = { changes: [...changes] };
      this.#next = { ...batch, stored: this.#inTurn(() => this.#store(batch.changes)) };
    }
    return this.#next.stored;
  }

  /** `StateStore.close`; it cannot be used any more. */
  close(): Promise<void> {
    return this.#inTurn(() => this.#connection.close().catch(() => {}));
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #store(changes: readonly StateChange[]): Promise<void> {
    this.#next = undefined;
    if (this.#hashes) await this.#checkFiles();
    try {
      if (!this.#hashes && !(await this.#open())) return await this.#create(changes);
      const hashes = this.#hashes!;
      const prepared = hashes.prepare(changes);
      await this.#connection.run('write', statementsOf(prepared.changes, hashes.digest, prepared.digest));
      hashes.stored(prepared);
      await this.#files.learn();
    } catch (error) {
      // What is open then, or what is stored, is not known: the next call looks again.
      if (!isAsBefore(error)) this.#hashes = undefined;
      throw writeError(this.#path, error);
    }
    this.#pages += changes.reduce((sum, { value = '' }) => sum + 2 + Math.floor(value.length / pageBytes), 1);
    if (this.#pages >= pagesOfLog) this.#writeBack();
  }

  /** The database stays open: files that are put back are the ones that it has. */
  async #checkFiles(): Promise<void> {
    try {
      await this.#files.check();
    } catch (error) {
      throw writeError(this.#path, error);
    }
  }

  /** Nobody waits for it but the next commit. One that fails, as when somebody reads meanwhile, is done again later. */
  #writeBack(): void {
    this.#pages = 0;
    void this.#inTurn(() => this.#connection.run('none', [checkpoint])).catch(() => {});
  }

  async #create(changes: readonly StateChange[]): Promise<void> {
    if (this.#wasThere) {
      const message = `${this.#path} was taken away while it was in use; put it back, or restart to begin with what is there`;
      throw new DataPlaneError('STATE_UNREADABLE', message);
    }
    await createDatabase(this.#connection, this.#path, changes);
    await this.#open();
  }

  /** Verifies the store before anything is opened for writing. Undefined: there is none. */
  async #open(): Promise<Verified | undefined> {
    const verified = await this.#look();
    if (!verified) return undefined;
    await this.#connection.open(this.#path, 'write');
    await this.#connection.run('none', forWriting);
    this.#files = new FilesInUse(this.#path);
    await this.#files.learn();
    const migrations = migrationsFrom(verified.version);
    if (migrations.length > 0) await this.#connection.run('write', migrations);
    this.#hashes = verified.hashes;
    this.#wasThere = true;
    return verified;
  }

  async #look(): Promise<Verified | undefined> {
    if (!(await exists(this.#path))) return undefined;
    await this.#connection.open(this.#path, 'read');
    try {
      return await verifyDatabase(this.#connection, this.#path);
    } finally {
      await this.#connection.close();
    }
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
