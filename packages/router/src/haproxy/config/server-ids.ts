import { createHash } from 'node:crypto';
import type { HaproxySettings } from '@limpet/contract';

/**
 * Server ids: persisted, and never reused. HAProxy finds a stick-table entry's server by name and falls back to the id,
 * so that a reused id sends the clients of a removed VM to the VM that got the id (measured on 2.6: automatic ids send
 * all of them to one VM).
 */
export interface ServerIds {
  /** The next new id. */
  next: number;
  /** `rule -> vm -> id`. */
  ids: Record<string, Record<string, number>>;
}

/** No server has an id yet. */
export const emptyServerIds = (): ServerIds => ({ next: 1, ids: {} });

/**
 * How a new server gets its id. `next`: one that no server has had. `byName`: one that the other router of a pair finds as
 * well, whatever either of them has done before: an entry that was made by `set table` has an id and no name, and the
 * other router learns it so.
 */
export type Numbering = 'next' | 'byName';

/** How servers are numbered on a router with these settings. */
export const numberingOf = ({ pair }: Pick<HaproxySettings, 'pair'>): Numbering => (pair ? 'byName' : 'next');

/** Ids for all members of these rules: members keep their id, new ones get one by the numbering. Pure. */
export function assignServerIds(
  before: ServerIds,
  members: readonly { rule: string; vms: readonly string[] }[],
  numbering: Numbering = 'next',
): ServerIds {
  let next = before.next;
  const ids: ServerIds['ids'] = {};
  for (const { rule, vms } of members) {
    const known = before.ids[rule] ?? {};
    if (vms.length === Object.keys(known).length && vms.every((vm) => known[vm] !== undefined)) {
      ids[rule] = known;
      continue;
    }
    const taken = new Set(Object.values(known));
    const newId = (vm: string): number => (numbering === 'next' ? next++ : idByName(vm, taken));
    ids[rule] = Object.fromEntries(vms.map((vm) => [vm, known[vm] ?? newId(vm)]));
  }
  return { next, ids };
}

/** HAProxy's ids are positive and have 31 bits. Servers of one rule need different ones. Adds the id to `taken`. */
function idByName(vm: string, taken: Set<number>): number {
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`${vm} ${attempt}`).digest();
    const id = digest.readUInt32BE() >>> 1 || 1;
    if (taken.size < taken.add(id).size) return id;
  }
}
