import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** So many are called at once, and then requests are answered. */
const slice = 32;

/**
 * Who is called when something has happened. Many of them are called in rounds, each of which takes as long a rest as it
 * took: a thousand streams of events leave half of the time to those who ask for something. What happens meanwhile is for the next round.
 */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  #due = false;
  #calling = false;

  get size(): number {
    return this.#listeners.size;
  }

  /** Calls back until the result is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls all of them: at once where they are few. */
  call(): void {
    this.#due = true;
    if (!this.#calling) void this.#rounds();
  }

  async #rounds(): Promise<void> {
    this.#calling = true;
    while (this.#due) {
      this.#due = false;
      const began = performance.now();
      let called = 0;
      for (const listener of this.#listeners) {
        listener();
        called += 1;
        if (called % slice === 0) await setImmediate();
      }
      if (called >= slice) await sleep(performance.now() - began, undefined, { ref: false });
    }
    this.#calling = false;
  }
}
