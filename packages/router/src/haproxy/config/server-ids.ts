/**
 * Server ids: persisted and never used again. HAProxy finds a stick-table entry's server by name and falls back to the
 * id; an id that is reused sends a removed VM's clients to whoever got it (measured on 2.6: automatic ids pile all of
 * them onto one VM).
 */
export interface ServerIds {
  next: number;
  /** `rule -> vm -> id`. */
  ids: Record<string, Record<string, number>>;
}

/** No server has an id yet. */
export const emptyServerIds = (): ServerIds => ({ next: 1, ids: {} });

/** Ids for all members of all rules: kept where there is one, new from the counter otherwise. Pure. */
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
