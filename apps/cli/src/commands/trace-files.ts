import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite, TraceRecord } from '@limpet/conformance';
import { CliError } from '../errors.ts';

/** Writes the traces of a run into a folder: an NDJSON file for each suite, in which a reset begins each path. */
export class TraceFiles {
  readonly #folder: string;
  readonly #files = new Map<Suite, string>();

  /** @throws CliError `USAGE` when the folder cannot be made */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new CliError('USAGE', `--trace ${folder}: ${(error as Error).message}; name a folder that can be written`);
    }
  }

  /** Appends the records of a path to the file of its suite. */
  readonly take = (suite: Suite, records: readonly TraceRecord[]): void => {
    appendFileSync(this.#fileOf(suite), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  };

  /** The command for each file that follows its trace again. */
  commands(): string[] {
    return [...this.#files].map(
      ([{ testModel }, file]) =>
        `npx limpet monitor ${file} --groups ${testModel.groups} --members ${testModel.members}`,
    );
  }

  #fileOf(suite: Suite): string {
    const known = this.#files.get(suite);
    if (known !== undefined) return known;
    const file = join(this.#folder, `${this.#files.size + 1}-${suite.suite}.ndjson`);
    writeFileSync(file, '');
    this.#files.set(suite, file);
    return file;
  }
}
