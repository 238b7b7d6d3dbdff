import type { Clock } from '@limpet/data-plane';

/** Milliseconds that a client waits for HAProxy, which answers within some when it can. Its commands have ten times as long. */
const patienceMs = 1_000;

/**
 * A question to HAProxy. Those who ask while it is open share its answer, and one that hangs keeps nobody waiting: what is
 * known by then is told.
 */
export class Inquiry<T> {
  readonly #about: string;
  readonly #question: () => Promise<T>;
  readonly #clock: Pick<Clock, 'after'>;
  #open: { answer: Promise<T>; late: Promise<void> } | undefined;
  /** Why the last question had no answer. */
  #failure: Error | undefined;

  /** @param about what HAProxy is asked, for the error of an answer that does not come */
  constructor(about: string, question: () => Promise<T>, clock: Pick<Clock, 'after'>) {
    this.#about = about;
    this.#question = question;
    this.#clock = clock;
  }

  /** Rejects with the reason when there is no answer, or none in time. */
  async ask(): Promise<T> {
    this.#open ??= this.#begin();
    const { answer, late } = this.#open;
    return Promise.race([answer, late.then(() => this.#isLate())]);
  }

  #begin(): { answer: Promise<T>; late: Promise<void> } {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(patienceMs, resolve);
    const answer = this.#answer().finally(() => {
      cancel();
      this.#open = undefined;
    });
    answer.catch(() => {}); // whoever asked may have been told that it is late
    return { answer, late };
  }

  async #answer(): Promise<T> {
    try {
      const answer = await this.#question();
      this.#failure = undefined;
      return answer;
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  #isLate(): never {
    throw this.#failure ?? new Error(`HAProxy was asked ${this.#about}, and has not answered within ${patienceMs} ms`);
  }
}
