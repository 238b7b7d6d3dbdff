import { join } from 'node:path/posix';
import type { Files } from '@limpet/data-plane';
import { globalFile } from '../config/names.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { RenderedFiles } from '../config/render.ts';

/** The files that HAProxy reads. */
export type HaproxyFiles = Pick<RenderedFiles, 'stickMap' | 'config'>;

/**
 * The files that HAProxy reads, cached: a text that a file is known to have is neither read nor written again. They are
 * volatile: after a loss of power, the router makes them anew from its own state before it starts HAProxy.
 */
export class InstalledFiles {
  readonly #files: Files;
  readonly #paths: RouterPaths;
  readonly #known = new Map<string, string>();
  /** Names in the configuration's folder; undefined: not known. */
  #names: readonly string[] | undefined;

  constructor(files: Files, paths: RouterPaths) {
    this.#files = files;
    this.#paths = paths;
  }

  /**
   * Writes the files that differ, and deletes others from the configuration's folder. A change of stickiness is in the
   * map, a change of members in one file of the configuration.
   *
   * When the file with the configuration's hash differs, it is away while the others are written: a worker that another
   * program starts meanwhile, or after a crash, would carry the hash of one configuration, and have parts of another.
   * Without that file HAProxy refuses the others.
   */
  async install({ stickMap, config }: HaproxyFiles): Promise<void> {
    const global = config.get(globalFile)!;
    const names = await this.#list();
    this.#names = undefined; // a write that fails leaves unknown files
    await this.#put(this.#paths.stickMap, stickMap);
    const before = await this.#get(this.#pathOf(globalFile));
    if (before !== undefined && before !== global) await this.#remove(this.#pathOf(globalFile));
    for (const [name, text] of config) if (name !== globalFile) await this.#put(this.#pathOf(name), text);
    for (const name of names) if (!config.has(name)) await this.#remove(this.#pathOf(name));
    await this.#put(this.#pathOf(globalFile), global);
    this.#names = [...config.keys()];
  }

  /** The installed files; undefined when none were ever installed. */
  async current(): Promise<HaproxyFiles | undefined> {
    const stickMap = await this.#get(this.#paths.stickMap);
    const config = new Map<string, string>();
    for (const name of await this.#list()) {
      const text = await this.#get(this.#pathOf(name));
      if (text !== undefined) config.set(name, text);
    }
    return stickMap === undefined || !config.has(globalFile) ? undefined : { stickMap, config };
  }

  /** Empties the cache: another program may have changed the files. */
  forget(): void {
    this.#known.clear();
    this.#names = undefined;
  }

  #pathOf(name: string): string {
    return join(this.#paths.config, name);
  }

  async #list(): Promise<readonly string[]> {
    return this.#names ?? (await this.#files.list(this.#paths.config));
  }

  async #get(path: string): Promise<string | undefined> {
    return this.#known.get(path) ?? (await this.#files.read(path));
  }

  async #put(path: string, text: string): Promise<void> {
    if ((await this.#get(path)) !== text) {
      this.#known.delete(path); // a write that fails leaves an unknown text
      await this.#files.write(path, text, 'volatile');
    }
    this.#known.set(path, text);
  }

  async #remove(path: string): Promise<void> {
    this.#known.delete(path);
    await this.#files.remove(path);
  }
}
