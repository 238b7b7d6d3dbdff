import { Problem } from './problem.ts';

/** Streams at a time, of events and of the inspector's feed: half of the connections, so that requests always find one. */
export const mostStreams = 1024;

/** Streams of server-sent events: each keeps its connection until its client goes. */
export class Streams {
  #open = 0;

  /** Counts one more. @returns ends it. @throws Problem `AGENT_BUSY`: too many are open */
  open(): () => void {
    if (this.#open >= mostStreams) {
      const detail = `${mostStreams} streams of events are open already; close one, or try again later`;
      throw new Problem('AGENT_BUSY', detail, { headers: { 'retry-after': '1' } });
    }
    this.#open++;
    return () => {
      this.#open--;
    };
  }
}
