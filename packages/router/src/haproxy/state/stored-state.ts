import type { DataPlane, DataPlaneError, StateAccess, StateChange, StateRow } from '@limpet/data-plane';
import { RouterError } from '../../errors.ts';
import type { RouterPaths } from '../config/paths.ts';
import { readFormerFiles, removeFormerFiles } from './former-files.ts';
import {
  emptyStore,
  type Store,
  setValue,
  type Table,
  tables,
  tablesOf,
  tablesOfRules,
  withCanonicalRules,
} from './store.ts';

type Ports = Pick<DataPlane, 'files' | 'stateStore'>;
type Paths = Pick<RouterPaths, 'state' | 'formerState'>;

/** A changed value, and what is stored for it. */
interface Changed {
  table: Table;
  key: string;
  value: unknown;
}

/** The values of each table, as they are now. */
const valuesOf = (store: Store): Record<Table, Map<string, unknown>> => {
  const all = tablesOf(store);
  return Object.fromEntries(tables.map((table) => [table, new Map(Object.entries(all[table]))])) as never;
};

const rowOf = ({ table, key, value }: Changed): StateChange => ({
  kind: table,
  key,
  ...(value !== undefined && { value: JSON.stringify(value) }),
});

const storeOf = (rows: readonly StateRow[]): Store => {
  const store = emptyStore();
  for (const { kind, key, value } of rows) setValue(store, kind as Table, key, JSON.parse(value));
  return withCanonicalRules(store);
};

const loadRows = async ({ stateStore }: Ports, path: string, access: StateAccess): Promise<StateRow[] | undefined> => {
  try {
    return await stateStore.load(path, tables, access);
  } catch (cause) {
    const { code, message } = cause as Partial<DataPlaneError> & Error;
    throw code === 'STATE_UNREADABLE' ? new RouterError('ROUTER_STATE_UNREADABLE', message, { cause }) : cause;
  }
};

/**
 * What a router has stored, for readers without the lock; undefined when no router has ever stored anything.
 *
 * @throws RouterError `ROUTER_STATE_UNREADABLE`
 */
export async function readStoredState(ports: Ports, paths: Paths): Promise<Store | undefined> {
  const rows = await loadRows(ports, paths.state, 'read');
  if (rows) return storeOf(rows);
  const former = await readFormerFiles(ports.files, paths.formerState);
  return former && withCanonicalRules(former);
}

/**
 * The state of a router as rows of a store, one for each value. A save writes the rows of what has changed: it costs as
 * much with ten rules as with thousands.
 */
export class StoredState {
  readonly #ports: Ports;
  readonly #paths: Paths;
  /** What is stored. */
  #saved = valuesOf(emptyStore());

  constructor(ports: Ports, paths: Paths) {
    this.#ports = ports;
    this.#paths = paths;
  }

  /**
   * Reads the store, for the holder of the router's lock; an empty one when there is none. What a former version has
   * stored is taken over: it goes when all of it is in the store, so that after a crash it is taken over again.
   *
   * @throws RouterError `ROUTER_STATE_UNREADABLE`; DataPlaneError `STATE_NOT_STORED`: it cannot be taken over
   */
  async open(): Promise<Store> {
    const { files } = this.#ports;
    const { state, formerState } = this.#paths;
    const rows = await loadRows(this.#ports, state, 'write');
    const store = rows ? storeOf(rows) : emptyStore();
    if (rows) this.#saved = valuesOf(store);
    else {
      const former = await readFormerFiles(files, formerState);
      if (former) Object.assign(store, withCanonicalRules(former));
      const ids = new Set(tablesOfRules.flatMap((table) => Object.keys(tablesOf(store)[table])));
      if (former) await this.save(store, ids);
    }
    await removeFormerFiles(files, formerState);
    return store;
  }

  /**
   * Stores what has changed since the last save. Calls must not overlap.
   *
   * @param touched ids of the rules of which something may have changed: the cost does not depend on all others.
   */
  async save(store: Store, touched: Iterable<string>): Promise<void> {
    const changed = this.#changed(store, touched);
    if (changed.length === 0) return;
    await this.#ports.stateStore.commit(this.#paths.state, changed.map(rowOf));
    for (const { table, key, value } of changed) {
      if (value === undefined) this.#saved[table].delete(key);
      else this.#saved[table].set(key, value);
    }
  }

  /** Resolves when nothing is open any more. */
  close(): Promise<void> {
    return this.#ports.stateStore.close(this.#paths.state);
  }

  /** Values are compared by identity. */
  #changed(store: Store, touched: Iterable<string>): Changed[] {
    const { number, settings, ...ofRules } = tablesOf(store);
    const changed: Changed[] = [];
    const compare = (table: Table, key: string, value: unknown): void => {
      if (this.#saved[table].get(key) !== value) changed.push({ table, key, value });
    };
    for (const key in number) compare('number', key, number[key]);
    for (const key in settings) compare('settings', key, settings[key]);
    for (const id of touched) for (const table of tablesOfRules) compare(table, id, ofRules[table][id]);
    return changed;
  }
}
