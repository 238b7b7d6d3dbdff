import type { Files } from '@limpet/data-plane';
import type { RouterPaths } from '../config/paths.ts';
import type { RenderedFiles } from '../config/render.ts';

/** The files that HAProxy reads, and what is known to be in them: what is there already is neither read nor written. */
export class InstalledFiles {
  readonly #files: Files;
  readonly #paths: RouterPaths;
  readonly #known = new Map<string, string>();

  constructor(files: Files, paths: RouterPaths) {
    this.#files = files;
    this.#paths = paths;
  }

  /** A change of stickiness is in the one file, a change of members in the other; each write waits for the disk twice. */
  async install({ stickMap, config }: Pick<RenderedFiles, 'stickMap' | 'config'>): Promise<void> {
    await this.#put(this.#paths.stickMap, stickMap);
    await this.#put(this.#paths.config, config);
  }

  /** What is installed; undefined: nothing ever was. */
  async current(): Promise<Pick<RenderedFiles, 'stickMap' | 'config'> | undefined> {
    const [stickMap, config] = [await this.#get(this.#paths.stickMap), await this.#get(this.#paths.config)];
    return stickMap === undefined || config === undefined ? undefined : { stickMap, config };
  }

  /** What this object put there; undefined: it has not, or somebody else may have changed it. */
  known(path: string): string | undefined {
    return this.#known.get(path);
  }

  /** Somebody else may have changed the files. */
  forget(): void {
    this.#known.clear();
  }

  async #get(path: string): Promise<string | undefined> {
    return this.#known.get(path) ?? (await this.#files.read(path));
  }

  async #put(path: string, text: string): Promise<void> {
    if ((await this.#get(path)) !== text) {
      this.#known.delete(path); // what a write that fails leaves is not known
      await this.#files.write(path, text);
    }
    this.#known.set(path, text);
  }
}
