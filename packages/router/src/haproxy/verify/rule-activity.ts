import type { RuleKey } from '@limpet/contract';
import type { Haproxy } from '@limpet/data-plane';
import { cliCommand, readShowStat, readShowTable } from '@limpet/haproxy';
import { proxyName } from '../../names.ts';

/** What HAProxy does for one rule now. */
export interface RuleActivity {
  /** Of each member that HAProxy has, its connections now, and since the worker began. */
  servers: readonly { vm: string; status: string; connections: number; total: number }[];
  /** The stick table; undefined: the rule has none. */
  table: StickTable | undefined;
}

/** A stick table. */
export interface StickTable {
  type: string;
  /** Entries at most, and now. */
  size: number;
  used: number;
  /** Of a table with more than {@link mostEntries}, none: HAProxy cannot tell a part of them. */
  entries: readonly StickEntry[];
}

/** A client, or a value of a cookie, that sticks to a member. */
export interface StickEntry {
  key: string;
  vm: string | undefined;
  /** Sessions that use it now. */
  use: number;
  /** Milliseconds until it is forgotten. */
  expireMs: number;
}

/** An answer with more would hold up HAProxy, which writes it between two looks at its clients. */
export const mostEntries = 1000;

/** Reads the members' connections and the stick table of a rule. Rejects when HAProxy does not respond. */
export async function readRuleActivity(haproxy: Pick<Haproxy, 'runtime'>, key: RuleKey): Promise<RuleActivity> {
  const proxy = proxyName(key);
  const [stat = '', tables = ''] = await haproxy.runtime([cliCommand('show', 'stat', proxy, 4, -1), 'show table']);
  // A proxy that HAProxy does not have has no rows, but a sentence.
  const rows = stat.startsWith('#') ? readShowStat(stat) : [];
  const servers = rows
    .filter((row) => row.proxy === proxy)
    .map((row) => ({
      vm: row.service,
      status: row.status,
      connections: Number(row.cell('scur') ?? 0),
      total: Number(row.cell('stot') ?? 0),
    }));
  const table = readShowTable(tables).find(({ name }) => name === proxy);
  if (table === undefined) return { servers, table: undefined };
  const { type, size, used } = table;
  const entries = used === 0 || used > mostEntries ? [] : await readEntries(haproxy, proxy);
  return { servers, table: { type, size, used, entries } };
}

async function readEntries(haproxy: Pick<Haproxy, 'runtime'>, proxy: string): Promise<StickEntry[]> {
  const [table = '', stat = ''] = await haproxy.runtime([
    cliCommand('show', 'table', proxy),
    cliCommand('show', 'stat', proxy, 4, -1),
  ]);
  // A reload may have come in between.
  if (!table.startsWith('# table:')) return [];
  const rows = stat.startsWith('#') ? readShowStat(stat) : [];
  const names = new Map(rows.map((row) => [Number(row.cell('sid')), row.service]));
  return readShowTable(table)
    .flatMap(({ entries }) => entries)
    .map(({ key, use, expire, serverId, serverKey }) => ({
      key,
      vm: serverKey ?? (serverId === undefined ? undefined : (names.get(serverId) ?? `server ${serverId}`)),
      use,
      expireMs: expire,
    }));
}
