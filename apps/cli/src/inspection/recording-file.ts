import { writeFileSync } from 'node:fs';
import { FEED_VERSION, type InspectionDocument, type Message } from '@limpet/inspection';
import { modelMachines, modelMutants } from '@limpet/inspector';
import { type RunObserver, type RunRecording, recordRun } from '@limpet/simulator';
import { whyUnreadable } from '../arguments/input-file.ts';
import { CliError } from '../errors.ts';

/** Records one run at a time, and keeps the last one. */
export interface Recording {
  /** For `simulate`. */
  observe(now: () => number): RunObserver;
  /** Writes the last run. @throws CliError `USAGE` when the file cannot be written */
  write(title: string, notes: readonly string[]): void;
}

/**
 * @param file - where the run is written to, for limpet inspect; undefined: nowhere
 * @param told - is told each message as it comes
 */
export function createRecording(file: string | undefined, told?: (message: Message) => void): Recording {
  let run: RunRecording | undefined;
  return {
    observe(now) {
      run = recordRun(now, told);
      return run.observer;
    },
    write(title, notes) {
      if (file === undefined) return;
      const document: InspectionDocument = {
        format: 'limpet-inspection',
        version: FEED_VERSION,
        title,
        notes: [...notes],
        machines: [...modelMachines],
        mutants: [...modelMutants()],
        messages: [...(run?.messages ?? [])],
      };
      try {
        writeFileSync(file, JSON.stringify(document));
      } catch (cause) {
        throw new CliError('USAGE', `--record ${file}: ${whyUnreadable(cause)}; name a file that you may write`);
      }
    },
  };
}
