import { hash } from 'node:crypto';
import type { StateChange, StateRow } from '../../ports.ts';
import type { HashedChange } from './schema.ts';

/** The hash of a row, in hexadecimal. SQLite's own checks do not see changed bytes within a value. */
export const hashOf = ({ kind, key, value }: StateRow): string => hash('sha256', JSON.stringify([kind, key, value]));

const nameOf = ({ kind, key }: Pick<StateRow, 'kind' | 'key'>): string => JSON.stringify([kind, key]);

const hex = (digest: bigint): string => digest.toString(16).padStart(64, '0');

/**
 * The hashes of all rows of a store, and their digest: the exclusive or of them all. With it, a row that is missing or of
 * an older time is noticed as well, and it is kept up at the cost of the rows that change.
 */
export class RowHashes {
  readonly #hashes: Map<string, string>;
  #digest: bigint;

  constructor(rows: Iterable<StateRow & { hash: string }> = []) {
    this.#hashes = new Map();
    this.#digest = 0n;
    for (const row of rows) {
      this.#hashes.set(nameOf(row), row.hash);
      this.#digest ^= BigInt(`0x${row.hash}`);
    }
  }

  /** 64 hexadecimal digits. */
  get digest(): string {
    return hex(this.#digest);
  }

  /** The changes with their hashes, one for each row: the last counts. Changes nothing here. */
  prepare(changes: readonly StateChange[]): { changes: HashedChange[]; digest: string } {
    let digest = this.#digest;
    const last = new Map(changes.map((change) => [nameOf(change), change]));
    const hashed = [...last].map(([name, { kind, key, value }]): HashedChange => {
      digest ^= BigInt(`0x${this.#hashes.get(name) ?? '0'}`);
      if (value === undefined) return { kind, key };
      const ofRow = hashOf({ kind, key, value });
      digest ^= BigInt(`0x${ofRow}`);
      return { kind, key, stored: { value, hash: ofRow } };
    });
    return { changes: hashed, digest: hex(digest) };
  }

  /** These changes, as `prepare` gave them, are stored. */
  stored({ changes, digest }: { changes: readonly HashedChange[]; digest: string }): void {
    this.#digest = BigInt(`0x${digest}`);
    for (const change of changes) {
      if (change.stored) this.#hashes.set(nameOf(change), change.stored.hash);
      else this.#hashes.delete(nameOf(change));
    }
  }
}
