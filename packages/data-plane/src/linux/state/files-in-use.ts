import { stat } from 'node:fs/promises';
import { DataPlaneError } from '../../errors.ts';

/** The database and its log: a commit is in one of them, the rest can be made again. */
const suffixes = ['', '-wal'] as const;

/**
 * The files that an open database writes to. SQLite writes on to files that are no longer at their paths, and says that
 * all is well: what it stores there is gone with the process.
 */
export class FilesInUse {
  readonly #path: string;
  /** By suffix, what tells the file from any other. */
  readonly #known = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes those that are there now for those that are written to; once for each. */
  async learn(): Promise<void> {
    for (const suffix of suffixes) {
      if (this.#known.has(suffix)) continue;
      const found = await identityOf(this.#path + suffix);
      if (found !== undefined) this.#known.set(suffix, found);
    }
  }

  /** @throws DataPlaneError `STATE_UNREADABLE`: one of them was taken away, or another is in its place */
  async check(): Promise<void> {
    for (const [suffix, known] of this.#known) {
      const file = this.#path + suffix;
      const found = await identityOf(file);
      if (found === known) continue;
      const done = found === undefined ? 'was taken away' : 'was replaced by another file';
      const remedy = 'put it back, or restart to begin with what is there';
      throw new DataPlaneError('STATE_UNREADABLE', `${file} ${done} while it was in use; ${remedy}`);
    }
  }
}

const identityOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
