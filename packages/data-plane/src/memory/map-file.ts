/** One entry of a map, at one version. */
export interface MapEntry {
  pointer: string;
  key: string;
  value: string;
}

/**
 * A map file as a worker holds it: read when the worker starts, then changed by the CLI only. Versions as in HAProxy's
 * pattern references: `prepare` makes a version, `add @v` fills it, `commit @v` makes it current.
 */
export class MapFile {
  readonly path: string;
  readonly #newPointer: () => string;
  readonly #versions = new Map<number, MapEntry[]>();
  current = 0;
  next = 0;

  constructor(path: string, text: string, newPointer: () => string) {
    this.path = path;
    this.#newPointer = newPointer;
    this.#versions.set(0, []);
    for (const line of text.split('\n')) {
      const [, key, value] = /^\s*([^\s#]\S*)\s*(.*?)\s*$/.exec(line) ?? [];
      if (key !== undefined) this.add(key, value ?? '', 0);
    }
  }

  lookup(key: string): string | undefined {
    return this.entries(this.current).find((entry) => entry.key === key)?.value;
  }

  entries(version: number): readonly MapEntry[] {
    return this.#versions.get(version) ?? [];
  }

  /** Entries of all versions, as `entry_cnt` of `show map` counts them. */
  count(): number {
    return [...this.#versions.values()].reduce((sum, entries) => sum + entries.length, 0);
  }

  /** Sets all entries of a key. False when there are none. */
  set(key: string, value: string): boolean {
    const entries = this.entries(this.current).filter((entry) => entry.key === key);
    for (const entry of entries) entry.value = value;
    return entries.length > 0;
  }

  add(key: string, value: string, version: number): void {
    const entries = this.#versions.get(version) ?? [];
    entries.push({ pointer: this.#newPointer(), key, value });
    this.#versions.set(version, entries);
  }

  /** Deletes all entries of a key. False when there are none. */
  delete(key: string): boolean {
    const entries = this.entries(this.current);
    const rest = entries.filter((entry) => entry.key !== key);
    this.#versions.set(this.current, rest);
    return rest.length < entries.length;
  }

  clear(): void {
    this.#versions.set(this.current, []);
  }

  prepare(): number {
    this.next += 1;
    return this.next;
  }

  /** False when the version is not between the current one and the last prepared one. */
  commit(version: number): boolean {
    if (version <= this.current || version > this.next) return false;
    for (const older of this.#versions.keys()) if (older < version) this.#versions.delete(older);
    this.current = version;
    return true;
  }
}
