import type { Files } from '@limpet/data-plane';
import { type DesiredRule, type DesiredState, emptyDesired } from '../../desired.ts';
import { RouterError } from '../../errors.ts';
import { emptyServerIds, type ServerIds } from '../config/server-ids.ts';

/** What a router keeps over a restart. Plain data. Its records are replaced when they change, never changed in place. */
export interface Store {
  desired: DesiredState;
  serverIds: ServerIds;
  /**
   * The version of each rule that was last proved to be in force, by rule id. After a crash it tells what held
   * connections may still be under, and it is what a rule falls back to when its wanted version cannot be served.
   */
  inForce: Record<string, DesiredRule>;
}

/** One value of the store that has changed; without a value it is gone. */
type Change = [table: Table, key: string, value?: unknown];
type Table = 'rules' | 'removed' | 'ids' | 'inForce' | 'number';

/** The store, table by table. `number`: those that stand alone. */
const tablesOf = ({ desired, serverIds, inForce }: Store): Record<Table, Record<string, unknown>> => ({
  rules: desired.rules,
  removed: desired.removed,
  ids: serverIds.ids,
  inForce,
  number: { floor: desired.compactedRevision, nextServerId: serverIds.next },
});

const emptyStore = (): Store => ({ desired: emptyDesired(), serverIds: emptyServerIds(), inForce: {} });

const apply = (store: Store, [table, key, value]: Change): void => {
  if (table === 'number') {
    if (key === 'floor') store.desired.compactedRevision = value as number;
    else store.serverIds.next = value as number;
  } else if (value === undefined) delete tablesOf(store)[table][key];
  else tablesOf(store)[table][key] = value;
};

/** The snapshot on disk calls the compacted revision `floor`, as the first version did: its files are read unchanged. */
interface StoredSnapshot extends Omit<Store, 'desired'> {
  epoch: number;
  desired: Omit<DesiredState, 'compactedRevision'> & { floor: number };
}

const toStored = ({ desired: { compactedRevision, ...desired }, ...store }: Store, epoch: number): StoredSnapshot => ({
  epoch,
  ...store,
  desired: { ...desired, floor: compactedRevision },
});

const fromStored = ({ epoch: _, desired: { floor, ...desired }, ...store }: StoredSnapshot): Store => ({
  ...store,
  desired: { ...desired, compactedRevision: floor },
});

/** A journal that is longer than the snapshot is written anew as one. */
const shortestLimit = 64 * 1024;

/**
 * The store on disk: a snapshot, and a journal of what has changed since, a line a change of state. So a change costs
 * what it changes, not what is there. A crash within a line loses that line, whose change nobody has been told of.
 */
export class StateFile {
  readonly #files: Files;
  readonly #path: string;
  readonly #journalPath: string;
  #saved = new Map<Table, Map<string, unknown>>();
  /** The journal belongs to the snapshot of the same number: one that is left over from another says nothing. */
  #epoch = 0;
  /** Characters that still go into the journal. */
  #room = 0;
  #journalBegun = false;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    this.#journalPath = `${path}.journal`;
  }

  /** @throws RouterError `ROUTER_STATE_UNREADABLE`. */
  async load(): Promise<Store> {
    const text = await this.#files.read(this.#path);
    const journal = (await this.#files.read(this.#journalPath)) ?? '';
    const [header, ...lines] = journal.split('\n').slice(0, -1); // what follows the last line break was cut off
    if (text === undefined) {
      this.#epoch = Number(header ?? 0); // never again a number that the journal has
      return emptyStore();
    }
    try {
      const stored = JSON.parse(text) as StoredSnapshot;
      const store = fromStored(stored);
      this.#epoch = stored.epoch;
      if (Number(header) === stored.epoch) {
        for (const line of lines) for (const change of JSON.parse(line) as Change[]) apply(store, change);
      }
      return store;
    } catch (cause) {
      throw new RouterError(
        'ROUTER_STATE_UNREADABLE',
        `${this.#path} or its journal is not JSON any more; restore them, or remove both and send all rules again`,
        { cause },
      );
    }
  }

  /** Writes what differs from what this object wrote last. Not for two calls at once. */
  async save(store: Store): Promise<void> {
    const changes = this.#changes(store);
    if (changes.length === 0) return;
    const line = `${JSON.stringify(changes)}\n`;
    const room = this.#room - line.length;
    this.#room = 0; // what a write that fails has left behind is not added to
    this.#room = room < 0 ? await this.#snapshot(store) : await this.#append(line, room);
    for (const [table, key, value] of changes) {
      const saved = this.#saved.get(table) ?? new Map<string, unknown>();
      this.#saved.set(table, saved);
      if (value === undefined) saved.delete(key);
      else saved.set(key, value);
    }
  }

  async #append(line: string, room: number): Promise<number> {
    if (this.#journalBegun) await this.#files.append(this.#journalPath, line);
    else await this.#files.write(this.#journalPath, `${this.#epoch}\n${line}`);
    this.#journalBegun = true;
    return room;
  }

  async #snapshot(store: Store): Promise<number> {
    const text = JSON.stringify(toStored(store, this.#epoch + 1));
    await this.#files.write(this.#path, text);
    this.#epoch++;
    this.#journalBegun = false;
    return Math.max(text.length, shortestLimit);
  }

  #changes(store: Store): Change[] {
    return Object.entries(tablesOf(store)).flatMap(([name, now]) => {
      const table = name as Table;
      const saved = this.#saved.get(table) ?? new Map<string, unknown>();
      const changed = Object.entries(now).flatMap(([key, value]): Change[] =>
        saved.get(key) === value ? [] : [[table, key, value]],
      );
      const gone = [...saved.keys()].filter((key) => !(key in now));
      return [...changed, ...gone.map((key): Change => [table, key])];
    });
  }
}
