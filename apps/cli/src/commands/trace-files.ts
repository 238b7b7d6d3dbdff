import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite, TraceRecord } from '@limpet/conformance';
import { CliError } from '../errors.ts';

/** Keeps the traces of a run: a file a suite, NDJSON, each path begun by a reset. */
export class TraceFiles {
  readonly #folder: string;
  readonly #files = new Map<Suite, string>();

  /** @throws CliError `USAGE` when there can be no such folder */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new CliError('USAGE', `--trace ${folder}: ${(error as Error).message}; name a folder that can be written`);
    }
  }

  readonly take = (suite: Suite, records: readonly TraceRecord[]): void => {
    appendFileSync(this.#fileOf(suite), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  };

  /** How each of them is followed again. */
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
