import { basename, dirname } from 'node:path/posix';
import { checkLength } from '../file-length.ts';
import type { Files } from '../ports.ts';

/** Files that HAProxy re-reads at each reload. */
export class MemoryFiles implements Files {
  readonly #texts = new Map<string, string>();
  /** By folder, the names of its files: a suite lists a folder a hundred thousand times. */
  readonly #folders = new Map<string, Set<string>>();
  readonly #locks = new Map<string, () => void>();

  /** Reads without waiting, for the emulated HAProxy. */
  get(path: string): string | undefined {
    return this.#texts.get(path);
  }

  /** Lists without waiting, for the emulated HAProxy. */
  names(folder: string): string[] {
    return [...(this.#folders.get(folder) ?? [])].sort();
  }

  async list(folder: string): Promise<string[]> {
    return this.names(folder);
  }

  async read(path: string, maxBytes?: number): Promise<string | undefined> {
    const text = this.#texts.get(path);
    checkLength(path, text?.length ?? 0, maxBytes);
    return text;
  }

  async write(path: string, text: string): Promise<void> {
    if (!this.#texts.has(path)) {
      const names = this.#folders.get(dirname(path)) ?? new Set();
      this.#folders.set(dirname(path), names.add(basename(path)));
    }
    this.#texts.set(path, text);
  }

  async remove(path: string): Promise<void> {
    this.#texts.delete(path);
    this.#folders.get(dirname(path))?.delete(basename(path));
  }

  async lock(path: string, lost: () => void): Promise<{ release(): Promise<void> }> {
    this.#locks.get(path)?.();
    this.#locks.set(path, lost);
    const release = async (): Promise<void> => {
      if (this.#locks.get(path) === lost) this.#locks.delete(path);
    };
    return { release };
  }
}
