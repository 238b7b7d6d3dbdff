import type { Clock } from '@limpet/data-plane';

interface Event {
  at: number;
  run(): void;
}

/**
 * A clock that moves only when a transcript says so, from one due event to the next. `settle` runs everything that needs
 * no time, so that each run of a transcript takes the same steps in the same order.
 */
export class TranscriptClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  /** In the order in which they were asked for. */
  readonly #events = new Set<Event>();

  now = (): number => this.#now;

  sleep = (ms: number): Promise<void> => new Promise((resolve) => void this.after(ms, resolve));

  after = (ms: number, run: () => void): (() => void) => {
    const event = { at: this.#now + Math.max(0, ms), run };
    this.#events.add(event);
    return () => this.#events.delete(event);
  };

  /** Runs events until `done`, or until `ms` have passed. When `done`, time stands where the last event was. */
  async run(ms: number, done: () => boolean = () => false): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (!done()) {
      const next = this.#nextUntil(end);
      if (!next) {
        this.#now = end;
        return;
      }
      this.#events.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
  }

  #nextUntil(end: number): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events) if (event.at <= end && (!next || event.at < next.at)) next = event;
    return next;
  }
}

/** Lets everything go on that waits for no time: the host in memory answers in microtasks alone. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
