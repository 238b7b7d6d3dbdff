import { Problem } from './problem.ts';

/** Looks that wait for their turn. */
const mostWaiting = 64;

/**
 * Looks at the router, one at a time: each starts programs and asks HAProxy, and a thousand clients that ask at once would
 * take from the router what its changes need.
 */
export class Looks {
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /** Looks when those before have ended. @throws Problem `AGENT_BUSY`: too many wait */
  look<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= mostWaiting) {
      const detail = `${mostWaiting} such requests wait already; send this again later`;
      return Promise.reject(new Problem('AGENT_BUSY', detail, { headers: { 'retry-after': '1' } }));
    }
    this.#waiting++;
    const turn = this.#turn.then(work).finally(() => {
      this.#waiting--;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * A look whose answer all share that ask for it while another one is underway. What it tells was true after the call.
   */
  shared<T>(work: () => Promise<T>): () => Promise<T> {
    let next: Promise<T> | undefined;
    return () => {
      next ??= this.look(() => {
        next = undefined;
        return work();
      });
      return next;
    };
  }
}
