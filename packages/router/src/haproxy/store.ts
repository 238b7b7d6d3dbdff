import type { Files } from '../dataplane.ts';
import { type DesiredState, emptyDesired, type Wanted } from '../desired.ts';
import { RouterError } from '../errors.ts';
import { emptyServerIds, type ServerIds } from './server-ids.ts';

/** What a router keeps over a restart. Plain data. */
export interface Store {
  desired: DesiredState;
  serverIds: ServerIds;
  /**
   * The version of each rule that was last proved to be in force, by rule id. After a crash it tells what held
   * connections may still be under, and it is what a rule falls back to when its wanted version cannot be served.
   */
  inForce: Record<string, Wanted>;
}

/** The store's file. */
export class StateFile {
  readonly #files: Files;
  readonly #path: string;
  #written: string | undefined;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** @throws RouterError `ROUTER_STATE_UNREADABLE`. */
  async load(): Promise<Store> {
    const text = await this.#files.read(this.#path);
    if (text === undefined) return { desired: emptyDesired(), serverIds: emptyServerIds(), inForce: {} };
    try {
      return JSON.parse(text) as Store;
    } catch (cause) {
      throw new RouterError(
        'ROUTER_STATE_UNREADABLE',
        `${this.#path} is not JSON any more; restore it, or remove it and send all rules again`,
        { cause },
      );
    }
  }

  /** Writes the store if it differs from what this object wrote last. Not for two calls at once. */
  async save(store: Store): Promise<void> {
    const text = JSON.stringify(store);
    if (text === this.#written) return;
    await this.#files.write(this.#path, text);
    this.#written = text;
  }
}
