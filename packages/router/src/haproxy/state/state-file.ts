import { canonicalRule, type HaproxySettings } from '@limpet/contract';
import type { Files } from '@limpet/data-plane';
import { type DesiredRule, type DesiredState, emptyDesired } from '../../desired.ts';
import { RouterError } from '../../errors.ts';
import { emptyServerIds, type ServerIds } from '../config/server-ids.ts';

/** The state of a router that survives a restart. Plain data: records are replaced when they change, never mutated. */
export interface Store {
  desired: DesiredState;
  serverIds: ServerIds;
  /**
   * The last version of each rule that was verified to be in force, by rule id. After a crash, held connections may
   * belong to this version; and a rule falls back to it when its desired version cannot be served.
   */
  inForce: Record<string, DesiredRule>;
  /** What HAProxy was told last; undefined: the defaults, which former versions had always. */
  settings?: HaproxySettings;
}

/** One changed value of the store; without a value, it was deleted. */
type Change = [table: Table, key: string, value?: unknown];
type Table = (typeof tablesOfRules)[number] | 'number' | 'settings';

/** Tables whose keys are rule ids. */
const tablesOfRules = ['rules', 'removed', 'ids', 'inForce'] as const;

/** The store as tables. `number` has the values that stand alone. */
const tablesOf = ({ desired, serverIds, inForce, settings }: Store): Record<Table, Record<string, unknown>> => ({
  rules: desired.rules,
  removed: desired.removed,
  ids: serverIds.ids,
  inForce,
  number: { floor: desired.compactedRevision, nextServerId: serverIds.next },
  settings: settings ? { haproxy: settings } : {},
});

/** The values of each table, as they are now. */
const valuesOf = (store: Store): Record<Table, Map<string, unknown>> => {
  const { rules, removed, ids, inForce, number, settings } = tablesOf(store);
  const map = (table: Record<string, unknown>): Map<string, unknown> => new Map(Object.entries(table));
  return {
    rules: map(rules),
    removed: map(removed),
    ids: map(ids),
    inForce: map(inForce),
    number: map(number),
    settings: map(settings),
  };
};

const emptyStore = (): Store => ({ desired: emptyDesired(), serverIds: emptyServerIds(), inForce: {} });

const apply = (store: Store, [table, key, value]: Change): void => {
  if (table === 'number') {
    if (key === 'floor') store.desired.compactedRevision = value as number;
    else store.serverIds.next = value as number;
  } else if (table === 'settings') store.settings = value as HaproxySettings;
  else if (value === undefined) delete tablesOf(store)[table][key];
  else tablesOf(store)[table][key] = value;
};

/**
 * The snapshot on disk calls the compacted revision `floor`, as the first version did: its files are read unchanged.
 */
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

/** Routers of former versions stored rules as they had come. */
const withCanonicalRules = ({ desired, inForce, ...store }: Store): Store => {
  const canonical = (rules: Record<string, DesiredRule>): Record<string, DesiredRule> =>
    Object.fromEntries(Object.entries(rules).map(([id, each]) => [id, { ...each, rule: canonicalRule(each.rule) }]));
  return { ...store, desired: { ...desired, rules: canonical(desired.rules) }, inForce: canonical(inForce) };
};

/** Characters: a journal that is longer than this and than its snapshot is replaced by a new snapshot. */
const minJournalLimit = 64 * 1024;

/**
 * The store on disk: a snapshot, and a journal with one line for each save after it. So the cost of a save grows with
 * the change, not with the store. A crash within a line loses that line; its change was not acknowledged yet.
 */
export class StateFile {
  readonly #files: Files;
  readonly #path: string;
  readonly #journalPath: string;
  /** What is on disk. */
  #saved = valuesOf(emptyStore());
  /** The journal belongs to the snapshot with the same epoch: a journal of another epoch is left over, and ignored. */
  #epoch = 0;
  /** Characters that the journal can still grow by. */
  #journalRoom = 0;
  #journalBegun = false;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    this.#journalPath = `${path}.journal`;
  }

  /** Reads the store; an empty one when there is none. @throws RouterError `ROUTER_STATE_UNREADABLE`. */
  async load(): Promise<Store> {
    const text = await this.#files.read(this.#path);
    const journal = (await this.#files.read(this.#journalPath)) ?? '';
    const [header, ...lines] = journal.split('\n').slice(0, -1); // text after the last line break is an incomplete line
    if (text === undefined) {
      this.#epoch = Number(header ?? 0); // a new snapshot must not match the left-over journal
      return emptyStore();
    }
    try {
      const stored = JSON.parse(text) as StoredSnapshot;
      const store = fromStored(stored);
      this.#epoch = stored.epoch;
      if (Number(header) === stored.epoch) {
        for (const line of lines) for (const change of JSON.parse(line) as Change[]) apply(store, change);
      }
      const canonical = withCanonicalRules(store);
      this.#saved = valuesOf(canonical);
      return canonical;
    } catch (cause) {
      throw new RouterError(
        'ROUTER_STATE_UNREADABLE',
        `${this.#path} or its journal is not JSON any more; restore them, or remove both and send all rules again`,
        { cause },
      );
    }
  }

  /**
   * Writes the changes since the last save. Calls must not overlap.
   *
   * @param touched ids of the rules of which something may have changed: the cost does not depend on all others.
   */
  async save(store: Store, touched: Iterable<string>): Promise<void> {
    const changes = this.#changes(store, touched);
    if (changes.length === 0) return;
    const line = `${JSON.stringify(changes)}\n`;
    const room = this.#journalRoom - line.length;
    this.#journalRoom = 0; // after a failed write, the next save makes a new snapshot
    this.#journalRoom = room < 0 ? await this.#snapshot(store) : await this.#append(line, changes, room);
  }

  async #append(line: string, changes: readonly Change[], room: number): Promise<number> {
    if (this.#journalBegun) await this.#files.append(this.#journalPath, line);
    else await this.#files.write(this.#journalPath, `${this.#epoch}\n${line}`);
    this.#journalBegun = true;
    for (const [table, key, value] of changes) {
      if (value === undefined) this.#saved[table].delete(key);
      else this.#saved[table].set(key, value);
    }
    return room;
  }

  async #snapshot(store: Store): Promise<number> {
    const text = JSON.stringify(toStored(store, this.#epoch + 1));
    const saved = valuesOf(store); // the store may change while the file is written
    await this.#files.write(this.#path, text);
    this.#saved = saved;
    this.#epoch++;
    this.#journalBegun = false;
    return Math.max(text.length, minJournalLimit);
  }

  /** Values are compared by identity. */
  #changes(store: Store, touched: Iterable<string>): Change[] {
    const { number, settings, ...ofRules } = tablesOf(store);
    const changes: Change[] = [];
    const compare = (table: Table, key: string, now: unknown): void => {
      if (this.#saved[table].get(key) === now) return;
      changes.push(now === undefined ? [table, key] : [table, key, now]);
    };
    for (const key in number) compare('number', key, number[key]);
    for (const key in settings) compare('settings', key, settings[key]);
    for (const id of touched) for (const table of tablesOfRules) compare(table, id, ofRules[table][id]);
    return changes;
  }
}
