import type { DataPlane, Listener } from '@limpet/data-plane';
import { readShowProc, type ShowProc } from '@limpet/haproxy';
import { ruleId } from '../../names.ts';
import type { Refusal } from './refusal.ts';

/**
 * Who listens where and is not our HAProxy, by address and port as in a rule's id: `haproxy (pid 852)`. HAProxy binds
 * with SO_REUSEPORT, so that two of them can be on one port, and the kernel deals connections out to both. A listener on
 * all addresses takes nothing from one on its own.
 */
export type PortConflicts = ReadonlyMap<string, string>;

type Machine = Pick<DataPlane, 'haproxy' | 'listeners'>;

/** Looks for strangers. To see one, it has to be there twice: workers may come and go between the two questions. */
export async function findPortConflicts(machine: Machine): Promise<PortConflicts> {
  const first = await lookOnce(machine);
  if (first.size === 0) return first;
  const second = await lookOnce(machine);
  return new Map([...first].filter(([at]) => second.has(at)));
}

async function lookOnce({ haproxy, listeners }: Machine): Promise<PortConflicts> {
  const found = await listeners();
  const own = (await haproxy.running()) ? pidsOf(readShowProc(await haproxy.master('show proc'))) : new Set<number>();
  const others = found.filter(({ processes }) => !processes.some(({ pid }) => own.has(pid)));
  return new Map(others.map((each) => [ruleId(each), nameOf(each)]));
}

const pidsOf = ({ master, workers, oldWorkers }: ShowProc): Set<number> =>
  new Set([master, ...workers, ...oldWorkers].map(({ pid }) => pid));

const nameOf = ({ processes }: Listener): string =>
  processes.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ') || 'a process of another user';

/** Those in the way of rules that HAProxy does not have yet. */
export const conflictsOfNewRules = (
  portConflicts: PortConflicts,
  programmed: { has(id: string): boolean },
): PortConflicts => new Map([...portConflicts].filter(([id]) => !programmed.has(id)));

/** What is said of a rule that is in HAProxy, and has a stranger beside it. */
export const sharedPort = (id: string, conflict: string): Refusal => ({
  reason: 'PortShared',
  message: `${conflict} listens on ${id} as well, and is given a part of its connections; end it ("ss -ltnp" shows it), or remove the rule`,
});
