import type { Files } from '@limpet/data-plane';
import type { DesiredState } from '../../desired.ts';
import { RouterError } from '../../errors.ts';
import { type Store, setValue, type Table } from './store.ts';

/** The snapshot of former versions. It calls the compacted revision `floor`. */
interface Snapshot extends Omit<Store, 'desired'> {
  /** The journal belongs to the snapshot with the same epoch: one of another epoch is left over, and ignored. */
  epoch: number;
  desired: Omit<DesiredState, 'compactedRevision'> & { floor: number };
}

/** One changed value; without a value, it was deleted. */
type Change = [table: Table, key: string, value?: unknown];

const journalOf = (snapshot: string): string => `${snapshot}.journal`;

/**
 * What a router of a former version has stored, which had a snapshot and a journal with one line for each save; undefined
 * when there is no snapshot. A line that a crash has cut off was not acknowledged.
 *
 * @throws RouterError `ROUTER_STATE_UNREADABLE`
 */
export async function readFormerFiles(files: Files, path: string): Promise<Store | undefined> {
  const text = await files.read(path);
  if (text === undefined) return undefined;
  const journal = (await files.read(journalOf(path))) ?? '';
  const [header, ...lines] = journal.split('\n').slice(0, -1); // text after the last line break is an incomplete line
  try {
    const { epoch, desired, ...rest } = JSON.parse(text) as Snapshot;
    const { floor, ...others } = desired;
    const store: Store = { ...rest, desired: { ...others, compactedRevision: floor } };
    if (Number(header) === epoch) {
      for (const line of lines) for (const change of JSON.parse(line) as Change[]) setValue(store, ...change);
    }
    return store;
  } catch (cause) {
    throw new RouterError(
      'ROUTER_STATE_UNREADABLE',
      `${path} or its journal is not JSON any more; restore them, or remove both and send all rules again`,
      { cause },
    );
  }
}

/** Removes them, if there are any: what they say is stored elsewhere, and grows old. */
export async function removeFormerFiles(files: Files, path: string): Promise<void> {
  for (const each of [journalOf(path), path]) if ((await files.read(each)) !== undefined) await files.remove(each);
}
