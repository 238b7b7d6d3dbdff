import type { Files } from '@limpet/data-plane';
import type { RouterPaths } from '../config/paths.ts';
import type { RenderedFiles } from '../config/render.ts';

/** The files that HAProxy reads, cached: a text that a file is known to have is neither read nor written again. */
export class InstalledFiles {
  readonly #files: Files;
  readonly #paths: RouterPaths;
  readonly #known = new Map<string, string>();

  constructor(files: Files, paths: RouterPaths) {
    this.#files = files;
    this.#paths = paths;
  }

  /**
   * Writes the files that differ. A change of stickiness is in one of them, a change of members in the other, and each
   * write waits for the disk twice.
   */
  async install({ stickMap, config }: Pick<RenderedFiles, 'stickMap' | 'config'>): Promise<void> {
    await this.#put(this.#paths.stickMap, stickMap);
    await this.#put(this.#paths.config, config);
  }

  /** The installed files; undefined when none were ever installed. */
  async current(): Promise<Pick<RenderedFiles, 'stickMap' | 'config'> | undefined> {
    const [stickMap, config] = [await this.#get(this.#paths.stickMap), await this.#get(this.#paths.config)];
    return stickMap === undefined || config === undefined ? undefined : { stickMap, config };
  }

  /** Empties the cache: another program may have changed the files. */
  forget(): void {
    this.#known.clear();
  }

  async #get(path: string): Promise<string | undefined> {
    return this.#known.get(path) ?? (await this.#files.read(path));
  }

  async #put(path: string, text: string): Promise<void> {
    if ((await this.#get(path)) !== text) {
      this.#known.delete(path); // a write that fails leaves an unknown text
      await this.#files.write(path, text);
    }
    this.#known.set(path, text);
  }
}
