import type { DataPlane, Listener } from '@limpet/data-plane';
import { readShowProc, type ShowProc } from '@limpet/haproxy';
import { ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';

/**
 * Other processes that listen, by address and port as in a rule's id: `haproxy (pid 852)`. HAProxy binds with
 * SO_REUSEPORT, so that two HAProxies can share a port, and the kernel distributes connections between them. A listener
 * on all addresses takes no connections from a listener on one address.
 */
export type PortConflicts = ReadonlyMap<string, string>;

type Host = Pick<DataPlane, 'haproxy' | 'listeners'>;

/**
 * Finds port conflicts. A conflict counts when two looks find it, since workers of our HAProxy may start and end
 * between the two reads of one look.
 */
export async function findPortConflicts(host: Host): Promise<PortConflicts> {
  const first = await readOnce(host);
  if (first.size === 0) return first;
  const second = await readOnce(host);
  // The second look names the process: `ss` may find a socket that is just being opened before its process.
  return new Map([...second].filter(([at]) => first.has(at)));
}

async function readOnce({ haproxy, listeners }: Host): Promise<PortConflicts> {
  const all = await listeners();
  if (all.length === 0) return new Map();
  const own = (await haproxy.running()) ? pidsOf(readShowProc(await haproxy.master('show proc'))) : new Set<number>();
  const others = all.filter(({ processes }) => !processes.some(({ pid }) => own.has(pid)));
  return new Map(others.map((each) => [ruleId(each), nameOf(each)]));
}

const pidsOf = ({ master, workers, oldWorkers }: ShowProc): Set<number> =>
  new Set([master, ...workers, ...oldWorkers].map(({ pid }) => pid));

const nameOf = ({ processes }: Listener): string =>
  processes.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ') || 'a process of another user';

/** The conflicts with rules that HAProxy does not have yet. */
export const conflictsOfNewRules = (
  portConflicts: PortConflicts,
  programmed: { has(id: string): boolean },
): PortConflicts => new Map([...portConflicts].filter(([id]) => !programmed.has(id)));

/** The refusal for a programmed rule whose port another process shares. */
export const sharedPort = (id: string, conflict: string): Refusal => ({
  reason: 'PortShared',
  message: `${conflict} listens on ${id} as well, and is given a part of its connections; end it ("ss -ltnp" shows it), or remove the rule`,
});
