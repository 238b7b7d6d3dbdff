import type { InspectionDocument, Message } from '@limpet/inspection';
import { type Coverage, createCoverage } from './coverage.ts';
import { createReplay, type Replay } from './replay.ts';
import type { ActorState, RunState } from './run-state.ts';
import { createTrends, type Trends } from './trends.ts';

/** What a page knows of a run, and the moment that it shows. Components subscribe; nothing of it lives in React. */
export interface RunStore {
  readonly document: Omit<InspectionDocument, 'messages'>;
  readonly messages: readonly Message[];
  /** The index of the message that is shown last; -1 is before the first. */
  readonly cursor: number;
  /** True while the cursor goes along with the newest message. */
  readonly following: boolean;
  /** How many messages were dropped, here or before they came. */
  readonly lost: number;
  readonly state: RunState;
  readonly coverage: Coverage;
  readonly trends: Trends;
  /** Changes whenever anything of the above has: for `useSyncExternalStore`. */
  readonly version: number;
  actor(id: string): ActorState | undefined;
  subscribe(listener: () => void): () => void;
  seek(index: number): void;
  follow(): void;
  /** More messages of a live run. */
  push(messages: readonly Message[]): void;
  /** Messages that will not come. */
  lose(count: number): void;
}

/** When listeners are told; many changes within a frame are one. */
export type Schedule = (callback: () => void) => void;

/** What a store keeps. */
export interface RunStoreOptions {
  schedule: Schedule;
  /** The most messages; the oldest go. @defaultValue 50,000 */
  mostMessages?: number;
}

/** @param opened - a recording, or of a live run what came so far; the cursor is at its end */
export function createRunStore(opened: InspectionDocument, options: RunStoreOptions): RunStore {
  const { schedule, mostMessages = 50_000 } = options;
  const { messages: first, ...document } = opened;
  const messages = [...first];
  const coverage = createCoverage();
  const trends = createTrends();
  for (const message of messages) {
    coverage.take(message);
    trends.take(message);
  }
  const replay: Replay = createReplay(messages);
  replay.seek(messages.length - 1);
  const listeners = new Set<() => void>();
  let following = true;
  let lost = 0;
  let version = 0;
  let scheduled = false;

  const tell = (): void => {
    version += 1;
    if (scheduled) return;
    scheduled = true;
    schedule(() => {
      scheduled = false;
      for (const listener of listeners) listener();
    });
  };

  return {
    document,
    messages,
    coverage,
    trends,
    get cursor() {
      return replay.at;
    },
    get following() {
      return following;
    },
    get lost() {
      return lost;
    },
    get state() {
      return replay.state;
    },
    get version() {
      return version;
    },
    actor: (id) => replay.state.get(id),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    seek(index) {
      replay.seek(index);
      following = replay.at === messages.length - 1;
      tell();
    },
    follow() {
      following = true;
      replay.seek(messages.length - 1);
      tell();
    },
    push(more) {
      for (const message of more) {
        messages.push(message);
        coverage.take(message);
        trends.take(message);
      }
      if (following) replay.seek(messages.length - 1);
      // A tenth at a time: to move the rest for each message would cost more than all else.
      if (messages.length > mostMessages * 1.1) {
        const excess = messages.length - mostMessages;
        if (replay.at < excess) replay.seek(excess);
        replay.forget(excess);
        messages.splice(0, excess);
        lost += excess;
      }
      tell();
    },
    lose(count) {
      lost += count;
      tell();
    },
  };
}
