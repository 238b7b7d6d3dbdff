import { Worker } from 'node:worker_threads';

/** A value of a column. */
export type SqlValue = string | number | null;

/** A statement, and what it runs with. */
export interface Statement {
  sql: string;
  /** The values of its parameters, once for each run; default: it runs once, without any. */
  runs?: readonly (readonly SqlValue[])[];
  /** Each run has to change a row: where one does not, the statement fails. */
  changesRow?: boolean;
}

/** A row of an answer, by column. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** `read` and `write`: all statements see one state of the database, and make one change or none. */
export type Transaction = 'read' | 'write' | 'none';

/** An error of SQLite, with its extended result code (https://sqlite.org/rescode.html); -1: the thread has ended. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';
  readonly resultCode: number;

  constructor(message: string, resultCode: number) {
    super(message);
    this.resultCode = resultCode;
  }
}

type Job =
  | { do: 'open'; path: string; readOnly: boolean }
  | { do: 'run'; statements: readonly Statement[]; transaction: Transaction }
  | { do: 'close' };
/** A job of one of the databases. */
interface Request {
  id: number;
  database: number;
  job: Job;
}
type Answer = { id: number; rows: SqlRow[][] } | { id: number; message: string; resultCode: number };

/** Milliseconds for which a statement waits for another process. */
const busyTimeoutMs = 2_000;

/**
 * What runs in the thread. The thread is given the text of this function, since Limpet also comes as one file and as one
 * executable, in which a thread has no file of its own to start from. So the function uses nothing from around it.
 */
function serveDatabases(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  process.emitWarning = () => {}; // that node:sqlite is experimental: users can do nothing about it
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  type Database = InstanceType<typeof DatabaseSync>;
  interface Open {
    database: Database;
    prepared: Map<string, ReturnType<Database['prepare']>>;
  }
  const open = new Map<number, Open>();

  const run = ({ database, prepared }: Open, { sql, runs = [[]], changesRow = false }: Statement): SqlRow[] => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    if (statement.columns().length > 0) return runs.flatMap((values) => statement.all(...values) as SqlRow[]);
    for (const values of runs) {
      const { changes } = statement.run(...values);
      // SQLITE_BUSY_SNAPSHOT: somebody else has written meanwhile.
      if (changesRow && changes !== 1) throw Object.assign(new Error('another process has written'), { errcode: 517 });
    }
    return [];
  };
  const perform = (number: number, job: Job): SqlRow[][] => {
    if (job.do !== 'run') {
      open.get(number)?.database.close();
      open.delete(number);
      if (job.do === 'open') {
        const { path, readOnly } = job;
        const database = new DatabaseSync(path, { readOnly, timeout: workerData as number });
        open.set(number, { database, prepared: new Map() });
      }
      return [];
    }
    const one = open.get(number);
    if (!one) throw new Error('the database is not open');
    if (job.transaction === 'none') return job.statements.map((statement) => run(one, statement));
    one.database.exec(job.transaction === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    try {
      const rows = job.statements.map((statement) => run(one, statement));
      one.database.exec('COMMIT');
      return rows;
    } catch (error) {
      if (one.database.isTransaction) one.database.exec('ROLLBACK');
      throw error;
    }
  };
  parentPort!.on('message', ({ id, database, job }: Request) => {
    try {
      parentPort!.postMessage({ id, rows: perform(database, job) });
    } catch (error) {
      const { message, errcode = 1 } = error as Error & { errcode?: number };
      parentPort!.postMessage({ id, message, resultCode: errcode });
    }
  });
}

/**
 * The thread that all databases of this process share: a thread of its own for each would cost 19 MB and 30 ms. Jobs are
 * done in the order in which they are given. A thread that has nothing to do keeps no process alive.
 */
class SqliteThread {
  readonly #worker = new Worker(`(${serveDatabases})()`, {
    eval: true,
    workerData: busyTimeoutMs,
    // Rows pass through it, and none stays. Without limits its garbage comes to as much as the agent itself.
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 },
  });
  readonly #waiting = new Map<number, PromiseWithResolvers<SqlRow[][]>>();
  #lastId = 0;
  #lastDatabase = 0;
  #ended: string | undefined;

  constructor() {
    this.#worker.on('message', (answer: Answer) => {
      const { resolve, reject } = this.#waiting.get(answer.id)!;
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if ('rows' in answer) resolve(answer.rows);
      else reject(new SqliteError(answer.message, answer.resultCode));
    });
    this.#worker.on('error', (error: Error) => this.#fail(error.message));
    this.#worker.on('exit', () => this.#fail('the thread has ended'));
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** A number for one more database. */
  register(): number {
    return ++this.#lastDatabase;
  }

  ask(database: number, job: Job): Promise<SqlRow[][]> {
    if (this.#ended !== undefined) return Promise.reject(new SqliteError(this.#ended, -1));
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<SqlRow[][]>();
    this.#waiting.set(id, answer);
    this.#worker.ref();
    this.#worker.postMessage({ id, database, job } satisfies Request);
    return answer.promise;
  }

  #fail(why: string): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values()) reject(new SqliteError(this.#ended, -1));
    this.#waiting.clear();
  }
}

let shared: SqliteThread | undefined;

/** The shared thread; another one when it has ended. */
function sharedThread(): SqliteThread {
  if (shared === undefined || shared.hasEnded) shared = new SqliteThread();
  return shared;
}

/** One SQLite database, in a thread: a commit that waits for the disk stops nobody else. */
export class SqliteConnection {
  readonly #thread = sharedThread();
  readonly #database = this.#thread.register();

  /** Opens a database; one that is open is closed before. @throws SqliteError */
  async open(path: string, access: 'read' | 'write'): Promise<void> {
    await this.#thread.ask(this.#database, { do: 'open', path, readOnly: access === 'read' });
  }

  /** Runs statements in order; resolves to the rows of each. @throws SqliteError: no statement has had an effect */
  run(transaction: Transaction, statements: readonly Statement[]): Promise<SqlRow[][]> {
    return this.#thread.ask(this.#database, { do: 'run', statements, transaction });
  }

  /** Closes the database, if one is open. @throws SqliteError */
  async close(): Promise<void> {
    await this.#thread.ask(this.#database, { do: 'close' });
  }
}
