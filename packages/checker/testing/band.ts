import { threadId } from 'node:worker_threads';
import type { Model } from '../src/model.ts';

/** What the model does wrong in every thread but one. */
export type BandFault = 'too-many' | 'not-deterministic' | 'throws';

export interface BandOptions {
  /** The thread in which the model does nothing wrong. */
  caller: number;
  fault: BandFault;
}

const width = 8192;

/**
 * Levels of 8,192 states without end, each state with one successor: an exploration ends when another thread has joined
 * and has done wrong, however long it takes to start.
 */
export function createBand({ caller, fault }: BandOptions): Model {
  const isRight = threadId === caller;
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  let calls = 0;
  return {
    name: 'band',
    words: 2,
    initial: Array.from({ length: width }, (_, place) => [0, place]),
    maxSuccessors: 1,
    successors(states, at, out) {
      const [level, place] = [states[at]!, states[at + 1]!];
      // Memory is not filled while the other thread starts.
      if (isRight && level > 8 && place % 512 === 0) Atomics.wait(sleeping, 0, 0, 5);
      out.states.set([level + 1, place]);
      out.labels[0] = 0;
      out.count = 1;
      if (isRight) return;
      if (fault === 'throws') throw new TypeError('the model fails');
      if (fault === 'too-many') out.count = 2;
      else out.labels[0] = calls++;
    },
    violations: () => 0,
    invariants: [],
    quiescent: () => true,
    kindOf: () => 'system',
    describeStep: () => ({ lane: 'band', text: 'goes on' }),
    describeState: (states, at) => ({ band: `${states[at]}` }),
  };
}
