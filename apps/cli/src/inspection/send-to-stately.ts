import { createStatelyAdapter, type InspectionDocument, type Recorder } from '@limpet/inspection';
import { CliError } from '../errors.ts';
import { createRunRecorder } from './live-run.ts';

/** What is needed of a WebSocket. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'bufferedAmount' | 'addEventListener'>;

/** What is sent. */
export interface SentRun {
  /** The recording; of a live run the machines alone. */
  document: InspectionDocument;
  /** Of a live run. */
  recorder?: Recorder;
}

/** More waiting bytes mean that nobody takes them: the rest is left out. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * Sends a run to Stately's inspector: to the WebSocket server that `createInspectorServer` of `@statelyai/inspect/server`
 * starts. What was recorded comes first, then what happens.
 *
 * @param url such as `ws://localhost:8080`; of this machine only
 * @returns resolves to what ends it
 * @throws CliError `USAGE` when it is no such address, or nobody listens there
 */
export async function sendToStately(
  url: string,
  { document, recorder = recorded(document) }: SentRun,
  open: (url: string) => Socket = (address) => new WebSocket(address),
): Promise<() => void> {
  if (!/^ws:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?(\/[^\s]*)?$/.test(url))
    throw new CliError('USAGE', `--stately ${url}: give a server on this machine, such as ws://localhost:8080`);
  const socket = open(url);
  await new Promise<void>((resolve, reject) => {
    const start = "start one by createInspectorServer() of '@statelyai/inspect/server'";
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new CliError('USAGE', `--stately ${url}: nobody listens; ${start}`)));
  });
  const adapt = createStatelyAdapter(document.machines);
  let next = 1;
  const send = (): void => {
    for (const { message } of recorder.read(next).messages) {
      next = message.seq + 1;
      const sent = adapt(message);
      if (sent !== undefined && socket.bufferedAmount < MOST_WAITING_BYTES) socket.send(JSON.stringify(sent));
    }
  };
  const stop = recorder.subscribe(send);
  send();
  return () => {
    stop();
    socket.close();
  };
}

function recorded({ messages }: InspectionDocument): Recorder {
  const { recorder, take } = createRunRecorder('recorded');
  for (const message of messages) take(message);
  return recorder;
}
