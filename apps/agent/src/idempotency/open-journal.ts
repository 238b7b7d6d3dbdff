import { join } from 'node:path';
import type { Files } from '@limpet/data-plane';
import { type RouterLocation, routerPaths } from '@limpet/router';
import { AnswerJournal, type KeyedRequest } from './answer-journal.ts';

/** In the router's folder: the journal of former versions, a file with a line for each step of a request. */
const FORMER_JOURNAL = 'answers.jsonl';

/**
 * Opens the journal in the store of a router, which this process drives, and takes over that of a former version. It
 * goes when all of it is stored: after a crash it is taken over again.
 *
 * @throws DataPlaneError `STATE_UNREADABLE`, `STATE_NOT_STORED`
 */
export async function openJournal({ dataPlane, dir }: RouterLocation): Promise<AnswerJournal> {
  const { clock, files, stateStore } = dataPlane;
  const journal = await AnswerJournal.open(stateStore, routerPaths(dir).state, () => clock.now());
  await takeOver(journal, files, join(dir, FORMER_JOURNAL));
  return journal;
}

async function takeOver(journal: AnswerJournal, files: Files, path: string): Promise<void> {
  const text = await files.read(path);
  if (text === undefined) return;
  const requests = new Map<string, Omit<KeyedRequest, 'number'>>();
  for (const line of text.split('\n')) {
    const request = readLine(line);
    if (request) requests.set(request.key, request);
  }
  await journal.add([...requests.values()]);
  await files.remove(path);
}

/** A line that is not whole is as if its request had gone a step less far. */
function readLine(line: string): Omit<KeyedRequest, 'number'> | undefined {
  try {
    return JSON.parse(line) as KeyedRequest;
  } catch {
    return undefined;
  }
}
