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

/** Ids for all members of these rules: members keep their id, new ones get the next. Pure. */
export function assignServerIds(
  before: ServerIds,
  members: readonly { rule: string; vms: readonly string[] }[],
): ServerIds {
  let next = before.next;
  const ids: ServerIds['ids'] = {};
  for (const { rule, vms } of members) {
    const known = before.ids[rule] ?? {};
    ids[rule] = Object.fromEntries(vms.map((vm) => [vm, known[vm] ?? next++]));
  }
  return { next, ids };
}
