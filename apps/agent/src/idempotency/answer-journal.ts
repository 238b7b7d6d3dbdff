import { createHash } from 'node:crypto';
import type { StateChange, StateRow, StateStore } from '@limpet/data-plane';
import { z } from 'zod';

/** An answer as it is given again. */
export interface KeptAnswer {
  status: number;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}

/** A request that has a key: begun, and answered or not. */
export interface KeyedRequest {
  key: string;
  /** Of everything that was asked. */
  fingerprint: string;
  /** Milliseconds since the epoch at which it began. */
  at: number;
  /** Requests that began later have higher numbers, whatever the clock says. */
  number: number;
  answer?: KeptAnswer | undefined;
}

/** What is kept: a client that asks again later than this, or after so many others, is a new one. */
const keptMs = 24 * 3_600_000;
const keptRequests = 1_000;
const keptCharacters = 8 * 1024 * 1024;

/** Of the rows, whose keys are those of the requests. */
const KIND = 'requests';

const request: z.ZodType<KeyedRequest> = z.object({
  key: z.string(),
  fingerprint: z.string(),
  at: z.number(),
  number: z.int(),
  answer: z
    .object({ status: z.int(), headers: z.array(z.tuple([z.string(), z.string()])), body: z.string() })
    .optional(),
});

/** A digest of what was asked, by which the same request is known again. */
export const fingerprintOf = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * The requests that came with an Idempotency-Key, and their answers, in the router's store: a client that has lost its
 * answer to a crash of the agent asks again. Its size is bounded: what is too old or too much goes with the next change.
 */
export class AnswerJournal {
  readonly #store: Pick<StateStore, 'load' | 'commit'>;
  readonly #path: string;
  readonly #now: () => number;
  /** Oldest first. */
  readonly #requests = new Map<string, KeyedRequest>();
  /** Keys of rows that are to go. */
  readonly #gone = new Set<string>();
  #last = 0;

  private constructor(store: Pick<StateStore, 'load' | 'commit'>, path: string, now: () => number) {
    this.#store = store;
    this.#path = path;
    this.#now = now;
  }

  /**
   * Reads the journal, for the process that drives the router.
   *
   * @param path of the router's store
   * @throws DataPlaneError `STATE_UNREADABLE`
   */
  static async open(
    store: Pick<StateStore, 'load' | 'commit'>,
    path: string,
    now: () => number,
  ): Promise<AnswerJournal> {
    const journal = new AnswerJournal(store, path, now);
    const rows = (await store.load(path, [KIND], 'write')) ?? [];
    for (const each of rows.map(readRow).sort((a, b) => a.number - b.number)) {
      journal.#requests.set(each.key, each);
      journal.#last = each.number;
    }
    return journal;
  }

  /** The request with this key, unless it is too old. */
  find(key: string): KeyedRequest | undefined {
    this.#evict();
    return this.#requests.get(key);
  }

  /** Resolves when it is stored that this request has begun. Where that fails, it has not. */
  async begin(key: string, fingerprint: string): Promise<void> {
    try {
      await this.#write({ key, fingerprint, at: this.#now(), number: ++this.#last });
    } catch (error) {
      this.#requests.delete(key);
      this.#gone.add(key);
      throw error;
    }
  }

  /** Resolves when the answer of a request that has begun is stored. */
  async answer(key: string, answer: KeptAnswer): Promise<void> {
    const begun = this.#requests.get(key);
    if (begun !== undefined) await this.#write({ ...begun, answer });
  }

  /** Begun and answered requests of a former journal, oldest first. Those that are known stay as they are. */
  async add(former: readonly Omit<KeyedRequest, 'number'>[]): Promise<void> {
    const added: KeyedRequest[] = [];
    for (const each of former) if (!this.#requests.has(each.key)) added.push({ ...each, number: ++this.#last });
    for (const each of added) this.#requests.set(each.key, each);
    await this.#store.commit(this.#path, added.map(rowOf));
  }

  async #write(written: KeyedRequest): Promise<void> {
    this.#requests.set(written.key, written);
    this.#evict();
    this.#gone.delete(written.key);
    const gone = [...this.#gone];
    await this.#store.commit(this.#path, [rowOf(written), ...gone.map((key): StateChange => ({ kind: KIND, key }))]);
    for (const key of gone) this.#gone.delete(key);
  }

  /** The oldest go first; the newest stays, however large it is. */
  #evict(): void {
    const oldest = this.#now() - keptMs;
    let characters = 0;
    for (const { answer } of this.#requests.values()) characters += answer?.body.length ?? 0;
    for (const [key, { at, answer }] of this.#requests) {
      const isNewest = this.#requests.size === 1;
      if (at >= oldest && (isNewest || (this.#requests.size <= keptRequests && characters <= keptCharacters))) return;
      this.#requests.delete(key);
      this.#gone.add(key);
      characters -= answer?.body.length ?? 0;
    }
  }
}

const rowOf = (written: KeyedRequest): StateRow => ({
  kind: KIND,
  key: written.key,
  value: JSON.stringify(written),
});

const readRow = ({ value }: StateRow): KeyedRequest => request.parse(JSON.parse(value));
