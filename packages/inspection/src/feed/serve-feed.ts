import { baselineEvent, helloEvent, keepAlive, lostEvent, messageEvent, parsePosition } from './event-stream.ts';
import { FEED_VERSION } from './messages.ts';
import type { Recorded, Recorder } from './recorder.ts';

/** Where a stream is written to: an answer of an HTTP server, or a test. */
export interface Sink {
  /** False when it holds enough for now: then nothing is written before `onDrain` calls back. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
}

/** What a stream is made of. */
export interface ServeOptions {
  recorder: Pick<Recorder, 'session' | 'last' | 'read' | 'subscribe'>;
  sink: Sink;
  /** The header of the request. */
  lastEventId: string | undefined;
  /** Calls back now and then, and returns what ends that. @defaultValue no comments keep the connection open */
  every?: (callback: () => void) => () => void;
}

/** So many messages are read at once, and about so many characters are written: a slow reader holds no more than these. */
const PAGE = 256;
const PAGE_CHARACTERS = 16_384;

/** The first of these messages that fill a page, at least one. */
function pageOf(messages: readonly Recorded[]): readonly Recorded[] {
  let characters = 0;
  const full = messages.findIndex(({ text }) => {
    characters += text.length;
    return characters >= PAGE_CHARACTERS;
  });
  return full < 0 ? messages : messages.slice(0, full + 1);
}

/**
 * Writes the feed to a reader, from where it was. A reader that is slower than the feed has no queue: it is written to when it
 * can take more, from the recorder's buffer, and is told what it lost when that has moved on.
 *
 * @returns ends the stream; to be called when the reader has gone
 */
export function serveFeed({ recorder, sink, lastEventId, every }: ServeOptions): () => void {
  const { session } = recorder;
  const position = parsePosition(lastEventId);
  let next = position?.session === session ? Math.min(position.seq, recorder.last) + 1 : 1;
  let waiting = !sink.write(helloEvent({ version: FEED_VERSION, session, last: recorder.last }));
  let ended = false;

  const pump = (): void => {
    while (!waiting && !ended) {
      const { lost, baseline, messages: all } = recorder.read(next, PAGE);
      const messages = pageOf(all);
      if (messages.length === 0) return;
      const gap = lost === undefined ? '' : lostEvent(lost) + baseline.map(baselineEvent).join('');
      next = messages.at(-1)!.message.seq + 1;
      waiting = !sink.write(gap + messages.map((each) => messageEvent(session, each)).join(''));
    }
  };

  sink.onDrain(() => {
    waiting = false;
    pump();
  });
  const unsubscribe = recorder.subscribe(pump);
  const stopKeeping = every?.(() => {
    if (!waiting && !ended) waiting = !sink.write(keepAlive);
  });
  pump();
  return () => {
    ended = true;
    unsubscribe();
    stopKeeping?.();
  };
}
