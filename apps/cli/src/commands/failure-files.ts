import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureReport } from '@limpet/conformance';
import { json } from '../output/format.ts';

/** The file of each failure, and messages about the failures whose file could not be written. */
export interface FailureFiles {
  names: ReadonlyMap<FailureReport, string>;
  troubles: readonly string[];
}

/**
 * Writes a file for each failure, under the next free number: files of earlier runs stay. `conform --replay` plays it, and
 * `inspect` shows it, by its key `failure`.
 */
export function writeFailureFiles(failures: readonly FailureReport[], folder: string): FailureFiles {
  const names = new Map<FailureReport, string>();
  const troubles: string[] = [];
  for (const failure of failures) {
    try {
      const { replay, ...found } = failure;
      names.set(failure, writeNext(folder, json({ ...replay, failure: found })));
    } catch (error) {
      troubles.push(
        `the failure's file for --replay is not written (${(error as Error).message}); run this again in a folder that you may write to`,
      );
    }
  }
  return { names, troubles };
}

function writeNext(folder: string, content: string): string {
  for (let number = 1; ; number++) {
    const name = `limpet-failure-${number}.json`;
    try {
      writeFileSync(join(folder, name), content, { flag: 'wx' });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
