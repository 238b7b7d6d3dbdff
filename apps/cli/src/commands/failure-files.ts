import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureReport } from '@limpet/conformance';
import { json } from '../output/format.ts';

/** Where each failure's replay was written, and what went wrong with the others. */
export interface FailureFiles {
  names: ReadonlyMap<FailureReport, string>;
  troubles: readonly string[];
}

/** One file for each failure in a folder, under the next number that is free: what an earlier run left stays. */
export function writeFailureFiles(failures: readonly FailureReport[], folder: string): FailureFiles {
  const names = new Map<FailureReport, string>();
  const troubles: string[] = [];
  for (const failure of failures) {
    try {
      names.set(failure, writeNext(folder, json(failure.replay)));
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
