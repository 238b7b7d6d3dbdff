import type { Files } from '../dataplane.ts';

/** Files that HAProxy re-reads at each reload. */
export class MemoryFiles implements Files {
  readonly #texts = new Map<string, string>();

  /** What `read` answers, for the HAProxy in memory, which has no reason to wait. */
  get(path: string): string | undefined {
    return this.#texts.get(path);
  }

  async read(path: string): Promise<string | undefined> {
    return this.#texts.get(path);
  }

  async write(path: string, text: string): Promise<void> {
    this.#texts.set(path, text);
  }
}
