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
type Answer = { id: number; rows: SqlRow[][] } | { id: number; message: string; resultCode: number };

/** Milliseconds for which a statement waits for another process. */
const busyTimeoutMs = 2_000;

/**
 * What runs in the thread. The thread is given the text of this function, since Limpet also comes as one file and as one
 * executable, in which a thread has no file of its own to start from. So the function uses nothing from around it.
 */
function serveDatabase(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  process.emitWarning = () => {}; // that node:sqlite is experimental: users can do nothing about it
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | undefined;
  let prepared = new Map<string, ReturnType<InstanceType<typeof DatabaseSync>['prepare']>>();

  const run = ({ sql, runs = [[]], changesRow = false }: Statement): SqlRow[] => {
    const statement = prepared.get(sql) ?? database!.prepare(sql);
    prepared.set(sql, statement);
    if (statement.columns().length > 0) return runs.flatMap((values) => statement.all(...values) as SqlRow[]);
    for (const values of runs) {
      const { changes } = statement.run(...values);
      // SQLITE_BUSY_SNAPSHOT: somebody else has written meanwhile.
      if (changesRow && changes !== 1) throw Object.assign(new Error('another process has written'), { errcode: 517 });
    }
    return [];
  };
  const perform = (job: Job): SqlRow[][] => {
    if (job.do !== 'run') {
      database?.close();
      prepared = new Map();
      database = undefined;
      if (job.do === 'open') {
        const { path, readOnly } = job;
        database = new DatabaseSync(path, { readOnly, timeout: workerData as number });
      }
      return [];
    }
    if (job.transaction === 'none') return job.statements.map(run);
    database!.exec(job.transaction === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    try {
      const rows = job.statements.map(run);
      database!.exec('COMMIT');
      return rows;
    } catch (error) {
      if (database!.isTransaction) database!.exec('ROLLBACK');
      throw error;
    }
  };
  parentPort!.on('message', ({ id, job }: { id: number; job: Job }) => {
    try {
      parentPort!.postMessage({ id, rows: perform(job) });
    } catch (error) {
      const { message, errcode = 1 } = error as Error & { errcode?: number };
      parentPort!.postMessage({ id, message, resultCode: errcode });
    }
  });
}

/**
 * A thread with one SQLite database: a commit that waits for the disk stops nobody else. Jobs are done in the order in
 * which they are given. A thread that has nothing to do keeps no process alive.
 */
export class SqliteThread {
  readonly #worker = new Worker(`(${serveDatabase})()`, { eval: true, workerData: busyTimeoutMs });
  readonly #waiting = new Map<number, PromiseWithResolvers<SqlRow[][]>>();
  #last = 0;
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

  /** Opens a database; one that is open is closed before. @throws SqliteError */
  async open(path: string, access: 'read' | 'write'): Promise<void> {
    await this.#ask({ do: 'open', path, readOnly: access === 'read' });
  }

  /** Runs statements in order; resolves to the rows of each. @throws SqliteError: no statement has had an effect */
  run(transaction: Transaction, statements: readonly Statement[]): Promise<SqlRow[][]> {
    return this.#ask({ do: 'run', statements, transaction });
  }

  /** Closes the database, if one is open. @throws SqliteError */
  async close(): Promise<void> {
    await this.#ask({ do: 'close' });
  }

  /** Closes the database, and ends the thread. */
  async end(): Promise<void> {
    await this.close().catch(() => {});
    await this.#worker.terminate();
  }

  #ask(job: Job): Promise<SqlRow[][]> {
    if (this.#ended !== undefined) return Promise.reject(new SqliteError(this.#ended, -1));
    const id = ++this.#last;
    const answer = Promise.withResolvers<SqlRow[][]>();
    this.#waiting.set(id, answer);
    this.#worker.ref();
    this.#worker.postMessage({ id, job });
    return answer.promise;
  }

  #fail(why: string): void {
    this.#ended ??= why;
    for (const { reject } of this.#waiting.values()) reject(new SqliteError(this.#ended, -1));
    this.#waiting.clear();
  }
}
