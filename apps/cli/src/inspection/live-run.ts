import { createRecorder, FEED_VERSION, type InspectionDocument, type Message, type Recorder } from '@limpet/inspection';
import { modelMachines, modelMutants, servePage } from '@limpet/inspector';
import type { Context } from '../context.ts';
import { pageFiles, untilInterrupted } from './show-page.ts';

/** A run that is shown while it is played. */
export interface LiveRun {
  take(message: Message): void;
  /** The run has ended; the page is served until Ctrl-C. */
  ended(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the page on a run that is about to begin. Where it is, is told on stderr: stdout is for the result.
 *
 * @param session a name that no other run has
 */
export async function showLive(title: string, session: string, context: Context): Promise<LiveRun> {
  const files = await pageFiles(context);
  const { recorder, take } = createRunRecorder(session);
  const machines = [...modelMachines];
  const document: InspectionDocument = {
    ...{ format: 'limpet-inspection', version: FEED_VERSION, title },
    ...{ notes: [], machines, mutants: [...modelMutants()], messages: [] },
  };
  const page = await servePage({ files, document, recorder });
  context.stderr.write(`${page.address} shows ${title} as it is played\n`);
  return {
    take,
    ended: () => untilInterrupted(page, `${title}, which has ended`, (text) => context.stderr.write(text)),
    close: () => page.close(),
  };
}

/** A recorder of messages that were made elsewhere; they keep their time. */
export function createRunRecorder(session: string): { recorder: Recorder; take(message: Message): void } {
  let now = 0;
  const recorder = createRecorder({ session, now: () => now });
  return {
    recorder,
    take({ seq: _, at, ...body }) {
      now = at;
      recorder.record(body);
    },
  };
}
