import { createBaseline } from './baseline.ts';
import type { Body, Message } from './messages.ts';

/** What a recorder keeps, and what it is given. */
export interface RecorderOptions {
  /** Tells one recorder from the next after a restart, whose numbers begin at 1 again. No dot in it. */
  session: string;
  /** Milliseconds. */
  now: () => number;
  /** The most messages that it keeps. @defaultValue 20,000 */
  mostMessages?: number;
  /** The most characters of JSON that it keeps. @defaultValue 32 million */
  mostCharacters?: number;
  /** The most actors whose last state it keeps, once their messages are gone. @defaultValue 10,000 */
  mostActors?: number;
}

/** A message, and its JSON, which is written once however many follow the feed. */
export interface Recorded {
  readonly message: Message;
  readonly text: string;
}

/** What a reader gets who knows all messages before a number. */
export interface Page {
  /** Messages that are no longer kept: the first and the last number of them. */
  lost?: { from: number; to: number };
  /** What the actors were after the lost messages: of each its beginning and its last state, with their numbers. */
  baseline: readonly Message[];
  /** What is kept, from that number on. */
  messages: readonly Recorded[];
}

/** Numbers messages and keeps the latest. */
export interface Recorder {
  readonly session: string;
  /** The number of the last message; 0 before the first. */
  readonly last: number;
  record(body: Body): Message;
  /** @param from - the number of the first message that the reader lacks */
  read(from: number, most?: number): Page;
  /** Calls back after each message, until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** A recorder with bounded buffers: it drops the oldest messages, and says so to those who ask for them. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { session, now, mostMessages = 20_000, mostCharacters = 32_000_000, mostActors = 10_000 } = options;
  const listeners = new Set<() => void>();
  const baseline = createBaseline(mostActors);
  /** From `start` on; what is before it is cut off now and then, as `shift` of a long array is slow. */
  let kept: Recorded[] = [];
  let start = 0;
  let characters = 0;
  let last = 0;

  const drop = (): void => {
    while (kept.length - start > mostMessages || (characters > mostCharacters && kept.length - start > 1)) {
      const { message, text } = kept[start]!;
      baseline.take(message);
      characters -= text.length;
      start += 1;
    }
    if (start > 1024 && start > kept.length / 2) {
      kept = kept.slice(start);
      start = 0;
    }
  };

  return {
    session,
    get last() {
      return last;
    },
    record(body) {
      last += 1;
      const message: Message = { seq: last, at: now(), ...body };
      const text = JSON.stringify(message);
      kept.push({ message, text });
      characters += text.length;
      drop();
      for (const listener of listeners) listener();
      return message;
    },
    read(from, most = Number.POSITIVE_INFINITY) {
      const oldest = last - (kept.length - start) + 1;
      const at = start + Math.max(0, from - oldest);
      const messages = kept.slice(at, Math.min(kept.length, at + most));
      if (from >= oldest) return { baseline: [], messages };
      return { lost: { from, to: oldest - 1 }, baseline: baseline.messages(), messages };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
