import type { Clock } from '@limpet/data-plane';

/** Rounds that have failed one after the other. */
export interface Failure {
  tries: number;
  /** When the first of them failed; milliseconds since the epoch. */
  since: number;
  /** It has been tried often enough to tell those who wait. */
  final: boolean;
}

const quickTries = 6;
const firstRetryMs = 50;

/** After the quick tries it is tried ever more slowly, down to this, until it works. */
const slowestRetryMs = 30_000;

/** What a loop does. */
export interface Work {
  round(): Promise<void>;
  failed(error: Error, failure: Failure): void;
}

/**
 * Does rounds of work, one at a time, when something has changed; a round that fails is done again, ever more slowly,
 * for as long as it fails.
 */
export class WorkLoop {
  readonly #clock: Clock;
  readonly #work: Work;
  #dirty = false;
  #busy: Promise<void> | undefined;
  #round: Promise<void> = Promise.resolve();
  #failure: Failure | undefined;
  #waiting: (() => Promise<void>) | undefined;
  #endRest: () => void = () => {};
  #closed = false;
  #busySince: number | undefined;

  constructor(clock: Clock, work: Work) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Something has changed: a round begins now, or when what is under way is done. */
  enqueue(): void {
    if (this.#closed) return;
    this.#dirty = true;
    this.#endRest();
    this.#alone(() => this.#run());
  }

  /** Does something else once, when nothing is under way; not after a round that has failed. */
  whenIdle(task: () => Promise<void>): void {
    if (this.#closed) return;
    if (this.#busy !== undefined) this.#waiting = task;
    else if (!this.#failure) this.#alone(() => this.#timed(task));
  }

  /** When the round or the task that is under way began; undefined when none is, also while a failed round waits. */
  get busySince(): number | undefined {
    return this.#busySince;
  }

  /** Resolves when the round that is under way, if any, has ended, well or not. */
  async round(): Promise<void> {
    await this.#round.catch(() => {});
  }

  /** Resolves when nothing is under way; a loop that only waits to try again is idle. */
  async idle(): Promise<void> {
    await this.#busy;
  }

  /** No more rounds begin. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endRest();
    await this.#busy;
  }

  #alone(task: () => Promise<void>): void {
    this.#busy ??= task().finally(() => {
      this.#busy = undefined;
      // Whoever came after the last look, and before this, found a loop that had ended. It goes before the task that waits:
      // tasks that take longer than the time between them would keep every change waiting.
      if (this.#dirty) return this.enqueue();
      const task = this.#waiting;
      this.#waiting = undefined;
      if (task) this.whenIdle(task);
    });
  }

  async #timed(work: () => Promise<void>): Promise<void> {
    this.#busySince = this.#clock.now();
    try {
      await work();
    } finally {
      this.#busySince = undefined;
    }
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#closed) {
      await this.#clock.sleep(0); // what comes together is done together
      this.#dirty = false;
      try {
        this.#round = this.#timed(() => this.#work.round());
        await this.#round;
        this.#failure = undefined;
      } catch (error) {
        if (this.#closed) return;
        const tries = (this.#failure?.tries ?? 0) + 1;
        this.#failure = { tries, since: this.#failure?.since ?? this.#clock.now(), final: tries >= quickTries };
        this.#work.failed(error as Error, this.#failure);
        if (this.#failure.final) return this.#rest(Math.min(firstRetryMs * 2 ** tries, slowestRetryMs));
        this.#dirty = true;
        await this.#clock.sleep(firstRetryMs * 2 ** tries);
      }
    }
  }

  /** Goes on by itself after a while, or when the next change comes; keeps nobody waiting meanwhile. */
  #rest(ms: number): void {
    const cancel = this.#clock.after(ms, () => this.enqueue());
    this.#endRest = () => {
      cancel();
      this.#endRest = () => {};
    };
  }
}
