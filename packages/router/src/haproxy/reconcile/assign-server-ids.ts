import type { DesiredRule } from '../../desired.ts';
import { keyOf, proxyName } from '../../names.ts';
import { assignServerIds, type Numbering, type ServerIds } from '../config/server-ids.ts';
import type { LiveState } from '../runtime/live-state.ts';
import type { ReconcileRequest } from './requests.ts';
import type { RouterState } from './router-state.ts';

/**
 * Server ids for all versions of these rules. A server that is still leaving keeps its id: its VM may come back before
 * it is gone. Ids that stay are the same objects. The order of the requests has no influence. Pure.
 */
export function serverIdsFor(
  { programmed, store }: Pick<RouterState, 'programmed' | 'store'>,
  requests: readonly ReconcileRequest[],
  live: LiveState | undefined,
  numbering: Numbering,
): ServerIds {
  const { ids, next } = store.serverIds;
  const versionsOf = (id: string, wanted: DesiredRule | undefined): DesiredRule[] =>
    [programmed.get(id), store.inForce[id], wanted].filter((version) => version !== undefined);
  const members = requests.flatMap(({ id, wanted }) => {
    const versions = versionsOf(id, wanted);
    if (versions.length === 0) return [];
    const leaving = live?.servers.get(proxyName(keyOf(id)))?.keys() ?? [];
    const vms = new Set([...leaving, ...versions.flatMap(({ rule }) => rule.members.map(({ vm }) => vm))]);
    return [{ rule: id, vms: [...vms] }];
  });
  members.sort((a, b) => (a.rule < b.rule ? -1 : 1));
  const assigned = assignServerIds({ next, ids }, members, numbering);
  const gone = requests.filter(({ id, wanted }) => ids[id] && versionsOf(id, wanted).length === 0);
  const changed = Object.entries(assigned.ids).filter(([id, now]) => !sameIds(ids[id], now));
  if (gone.length === 0 && changed.length === 0) return store.serverIds;
  const all = { ...ids, ...Object.fromEntries(changed) };
  for (const { id } of gone) delete all[id];
  return { next: assigned.next, ids: all };
}

const sameIds = (a: Readonly<Record<string, number>> | undefined, b: Readonly<Record<string, number>>): boolean =>
  a !== undefined &&
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(b).every(([vm, id]) => a[vm] === id);
