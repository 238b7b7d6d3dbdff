import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Clock } from '@limpet/data-plane';
import { bodyLimits } from '../api/read-body.ts';

/** A file is also read when nothing was told: the folder may not have been there, or may have been replaced. */
const rereadMs = 5_000;

/** Contents of a file that comes to no rest; the next one is told as it is. */
const mostRestless = 20;

/** What a watch tells. */
export interface FileListener {
  /** The file's content; called only when it is another one than the last time. */
  content(text: string): void;
  /** The file cannot be read. */
  unreadable(error: Error): void;
}

/**
 * Watches one file, however it is written: replaced by another, or in place, as CloudStack's `DataBag.save` does. The
 * folder is watched, since a watch of a file ends with its inode.
 */
export class WatchedFile {
  readonly #path: string;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #listener: FileListener;
  readonly #rest: (() => Promise<unknown>) | undefined;
  #restless = 0;
  #watcher: FSWatcher | undefined;
  #cancel: () => void = () => {};
  #last: string | undefined;
  #reading = false;
  #again = false;
  #closed = false;

  /**
   * @param rest waits a little: a content counts when it is the same afterwards. Without it each counts at once, which is
   *   right where half of a content cannot be taken for a whole one.
   */
  constructor(path: string, clock: Pick<Clock, 'after'>, listener: FileListener, rest?: () => Promise<unknown>) {
    this.#path = path;
    this.#clock = clock;
    this.#listener = listener;
    this.#rest = rest;
  }

  /** Begins to watch; the content is told soon. */
  start(): void {
    this.#tick();
  }

  /** Tells the content once more, after a while: what became of it was not final. */
  retry(): void {
    this.#last = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    this.#cancel();
  }

  #tick(): void {
    if (this.#closed) return;
    this.#watch();
    void this.#read();
    this.#cancel = this.#clock.after(rereadMs, () => this.#tick());
  }

  #watch(): void {
    if (this.#watcher !== undefined) return;
    const forget = (): void => {
      this.#watcher?.close();
      this.#watcher = undefined;
    };
    try {
      this.#watcher = watch(dirname(this.#path), { persistent: false }, (_, name) => {
        if (name === null || name === basename(this.#path)) void this.#read();
      });
      this.#watcher.on('error', forget).on('close', forget);
    } catch {
      // The folder is not there yet: the next tick tries again, and reading says so.
    }
  }

  /** What changes while the file is read is read again: the last content is never missed. */
  async #read(): Promise<void> {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    while (this.#again && !this.#closed) {
      this.#again = false;
      try {
        const text = await contentOf(this.#path);
        if (text === this.#last || (await this.#changes(text)) || this.#closed) continue;
        this.#last = text;
        this.#listener.content(text);
      } catch (error) {
        this.#last = undefined;
        if (!this.#closed) this.#listener.unreadable(error as Error);
      }
    }
    this.#reading = false;
  }

  /** Whether the file has another content after a rest; that one is read then. */
  async #changes(text: string): Promise<boolean> {
    if (this.#rest === undefined) return false;
    await this.#rest();
    const changes = this.#restless < mostRestless && (await contentOf(this.#path)) !== text;
    this.#restless = changes ? this.#restless + 1 : 0;
    if (changes) this.#again = true;
    return changes;
  }
}

/** Bytes of a file that is read. What is read takes ten times as much of a router's 512 MB. */
export const largestFile = bodyLimits.largest;

/** A FIFO or a device would be read for ever, and nothing that comes later would be seen. */
async function contentOf(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory()) {
    throw new Error('expected a regular file, found a FIFO, a socket or a device; put a file there');
  }
  if (found.size > largestFile) {
    throw new Error(`expected at most ${largestFile} bytes, found ${found.size}`);
  }
  return readFile(path, 'utf8');
}
