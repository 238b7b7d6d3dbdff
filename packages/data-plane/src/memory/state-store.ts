import type { StateChange, StateRow, StateStore } from '../ports.ts';

/** Stores of rows that outlive a router, and not the process. */
export class MemoryStateStore implements StateStore {
  readonly #stores = new Map<string, Map<string, StateRow>>();

  /** All rows without waiting; undefined when there is no store. */
  rows(path: string): StateRow[] | undefined {
    const rows = this.#stores.get(path);
    return rows && [...rows.values()];
  }

  async load(path: string, kinds: readonly string[]): Promise<StateRow[] | undefined> {
    return this.rows(path)?.filter(({ kind }) => kinds.includes(kind));
  }

  async commit(path: string, changes: readonly StateChange[]): Promise<void> {
    const rows = this.#stores.get(path) ?? new Map<string, StateRow>();
    this.#stores.set(path, rows);
    for (const { kind, key, value } of changes) {
      const name = JSON.stringify([kind, key]);
      if (value === undefined) rows.delete(name);
      else rows.set(name, { kind, key, value });
    }
  }

  async close(): Promise<void> {}
}
