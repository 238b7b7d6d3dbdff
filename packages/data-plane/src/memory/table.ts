/** A `stick-table` line. */
export interface TableSpec {
  /** Significant characters of a key of type string; undefined: the type is ip. */
  length: number | undefined;
  /** Entries at most. */
  size: number;
  /** Milliseconds; undefined: until the table is full. */
  expireMs: number | undefined;
  /** The peers section that shares it. */
  peers: string | undefined;
}

/** The server of a key. HAProxy 2.6 stores both `server_key` (the name) and `server_id`. */
export interface StickEntry {
  pointer: string;
  key: string;
  serverId: number;
  /** Undefined for an entry of `set table ... data.server_id`, which has only the id. */
  serverKey: string | undefined;
  /** Epoch milliseconds; Infinity without `expire`. */
  expiresAt: number;
}

/** A stick table. Times come from the caller. */
export class StickTable {
  readonly name: string;
  readonly spec: TableSpec;
  readonly #newPointer: () => string;
  /** In the order of last use, so that the first one is the one to purge. */
  readonly #entries = new Map<string, StickEntry>();

  constructor(name: string, spec: TableSpec, newPointer: () => string) {
    this.name = name;
    this.spec = spec;
    this.#newPointer = newPointer;
  }

  /** Live entries, oldest use first. */
  entries(now: number): StickEntry[] {
    for (const entry of this.#entries.values()) if (entry.expiresAt <= now) this.#entries.delete(entry.key);
    return [...this.#entries.values()];
  }

  /** The entry of a key; a hit counts as use, and renews the expiry. */
  use(long: string, now: number): StickEntry | undefined {
    const key = this.#cut(long);
    const entry = this.#entries.get(key);
    if (!entry || entry.expiresAt <= now) return undefined;
    this.#insert({ ...entry, expiresAt: this.#expiry(now) });
    return this.#entries.get(key);
  }

  store(long: string, server: { id: number; name: string }, now: number): void {
    const key = this.#cut(long);
    const pointer = this.#entries.get(key)?.pointer ?? this.#newPointer();
    this.#insert({ pointer, key, serverId: server.id, serverKey: server.name, expiresAt: this.#expiry(now) });
  }

  /** `set table`: sets the id and keeps the name, which takes precedence over the id. */
  setServerId(key: string, serverId: number | undefined, now: number): void {
    const entry = this.#entries.get(key) ?? { pointer: this.#newPointer(), key, serverId: 0, serverKey: undefined };
    this.#insert({ ...entry, serverId: serverId ?? entry.serverId, expiresAt: this.#expiry(now) });
  }

  /** Removes one key; undefined: all keys. */
  clear(key?: string): void {
    if (key === undefined) this.#entries.clear();
    else this.#entries.delete(key);
  }

  /** Learns entries by the peers protocol: keys, server names and ids, and the time left. */
  learn(entries: readonly StickEntry[]): void {
    for (const entry of entries) this.#insert({ ...entry, pointer: this.#newPointer() });
  }

  #cut(key: string): string {
    return key.slice(0, this.spec.length);
  }

  #expiry(now: number): number {
    return this.spec.expireMs === undefined ? Number.POSITIVE_INFINITY : now + this.spec.expireMs;
  }

  #insert(entry: StickEntry): void {
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
    if (this.#entries.size > this.spec.size) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
  }
}
