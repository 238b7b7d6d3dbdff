import type { Message } from '@limpet/inspection';
import { type RunState, takeMessage } from './run-state.ts';

/** The state of a run at any of its messages. */
export interface Replay {
  /** The state after the messages up to this index; -1 is before the first. */
  readonly at: number;
  readonly state: RunState;
  /**
   * Goes to an index.
   *
   * @returns the actors that differ; undefined when any may
   */
  seek(index: number): ReadonlySet<string> | undefined;
  /** Drops the first so many messages: their effect stays. The replay must be past them. */
  forget(count: number): void;
}

/** A copy of the state is kept every so many messages: to go back is to go forward from the copy before. */
const COPY_EVERY = 500;

/** @param messages - the run; more may be pushed to it */
export function createReplay(messages: readonly Message[]): Replay {
  let base: RunState = new Map();
  let copies: RunState[] = [];
  let state: RunState = new Map();
  let at = -1;

  const forward = (to: number): ReadonlySet<string> => {
    const changed = new Set<string>();
    while (at < to) {
      at += 1;
      const actor = takeMessage(state, messages[at]!);
      if (actor !== undefined) changed.add(actor);
      const copy = (at + 1) / COPY_EVERY;
      if (Number.isInteger(copy) && copies.length === copy - 1) copies.push(new Map(state));
    }
    return changed;
  };

  return {
    get at() {
      return at;
    },
    get state() {
      return state;
    },
    seek(index) {
      const to = Math.max(-1, Math.min(index, messages.length - 1));
      if (to >= at) return forward(to);
      const copy = Math.min(copies.length, Math.floor((to + 1) / COPY_EVERY));
      state = new Map(copy === 0 ? base : copies[copy - 1]);
      at = copy * COPY_EVERY - 1;
      forward(to);
      return undefined;
    },
    forget(count) {
      const next = new Map(base);
      for (let index = 0; index < count; index++) takeMessage(next, messages[index]!);
      base = next;
      copies = [];
      at -= count;
    },
  };
}
