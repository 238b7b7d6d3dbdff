import { createHash } from 'node:crypto';
import type { Files } from '@limpet/data-plane';
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
  answer?: KeptAnswer | undefined;
}

/** What is kept: a client that asks again later than this, or after so many others, is a new one. */
const keptMs = 24 * 3_600_000;
const keptRequests = 1_000;
const keptCharacters = 8 * 1024 * 1024;
/** The file is written anew when it has so many lines more than there are requests. */
const spareLines = 1_000;

const line: z.ZodType<KeyedRequest> = z.object({
  key: z.string(),
  fingerprint: z.string(),
  at: z.number(),
  answer: z
    .object({ status: z.int(), headers: z.array(z.tuple([z.string(), z.string()])), body: z.string() })
    .optional(),
});

/** A digest of what was asked, by which the same request is known again. */
export const fingerprintOf = (parts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * The requests that came with an Idempotency-Key, and their answers, in a file: a client that has lost its answer to a
 * crash of the agent asks again. A line that a crash has cut off is as if its request had gone a step less far.
 */
export class AnswerJournal {
  readonly #files: Files;
  readonly #path: string;
  readonly #now: () => number;
  readonly #requests = new Map<string, KeyedRequest>();
  #lines = Number.POSITIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(files: Files, path: string, now: () => number) {
    this.#files = files;
    this.#path = path;
    this.#now = now;
  }

  /** What cannot be read is no answer any more: its clients ask as if for the first time. */
  static async open(files: Files, path: string, now: () => number): Promise<AnswerJournal> {
    const journal = new AnswerJournal(files, path, now);
    for (const text of ((await files.read(path)) ?? '').split('\n')) {
      const read = readLine(text);
      if (read !== undefined) journal.#take(read);
    }
    return journal;
  }

  /** The request with this key, unless it is too old. */
  find(key: string): KeyedRequest | undefined {
    this.#evict();
    return this.#requests.get(key);
  }

  /** Resolves when it is on the disk that this request has begun. Where that fails, it has not. */
  async begin(key: string, fingerprint: string): Promise<void> {
    try {
      await this.#write({ key, fingerprint, at: this.#now() });
    } catch (error) {
      this.#requests.delete(key);
      throw error;
    }
  }

  /** Resolves when the answer of a request that has begun is on the disk. */
  async answer(key: string, answer: KeptAnswer): Promise<void> {
    const request = this.#requests.get(key);
    if (request !== undefined) await this.#write({ ...request, answer });
  }

  #write(written: KeyedRequest): Promise<void> {
    this.#take(written);
    const turn = this.#turn.then(() => this.#store(written));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** After a line that was not written whole, and from time to time, the whole file is written. */
  async #store(written: KeyedRequest): Promise<void> {
    const isLong = this.#lines > this.#requests.size + spareLines;
    const lines = this.#lines + 1;
    this.#lines = Number.POSITIVE_INFINITY;
    if (isLong) {
      this.#evict();
      const all = [...this.#requests.values()];
      await this.#files.write(this.#path, all.map(lineOf).join(''));
      this.#lines = all.length;
    } else {
      await this.#files.append(this.#path, lineOf(written));
      this.#lines = lines;
    }
  }

  #take(written: KeyedRequest): void {
    this.#requests.delete(written.key);
    this.#requests.set(written.key, written);
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
      characters -= answer?.body.length ?? 0;
    }
  }
}

const lineOf = (written: KeyedRequest): string => `${JSON.stringify(written)}\n`;

function readLine(text: string): KeyedRequest | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
