import { readShowStat, type StatRow } from '@limpet/haproxy';
import { probeListener, publicListener } from '../config/render.ts';

/** What clients did through one rule, since the rule is there; what verification itself does is not counted. */
export interface TrafficCounts {
  /** Connections that were accepted. */
  connections: number;
  /** Those that HAProxy gave a session: all but the ones that ended before. */
  sessions: number;
  /** HTTP requests; 0 in tcp mode. */
  requests: number;
  /** Bytes of finished sessions, from and to clients. */
  bytesIn: number;
  bytesOut: number;
}

/** By rule id. */
export type TrafficCountsByRule = Record<string, TrafficCounts>;

const fields = ['connections', 'sessions', 'requests', 'bytesIn', 'bytesOut'] as const;

const sum = (a: TrafficCounts | undefined, b: TrafficCounts): TrafficCounts =>
  a ? (Object.fromEntries(fields.map((field) => [field, a[field] + b[field]])) as unknown as TrafficCounts) : b;

/** Frontends and listeners alone: members need not be listed. */
export const countersCommand = 'show stat -1 9 -1';

/** Reads the answer to {@link tallyCommand}. A probe is one connection, one session and, in http mode, one request. */
export function readTrafficCounts(showStat: string, idOf: ReadonlyMap<string, string>): TrafficCountsByRule {
  const rows = new Map<string, StatRow>();
  for (const row of readShowStat(showStat)) rows.set(`${row.proxy} ${row.service}`, row);
  const cell = (row: StatRow, name: string): number => Number(row.cell(name) ?? 0);
  const counts: TrafficCountsByRule = {};
  for (const [proxy, id] of idOf) {
    const [frontend, own, probe] = ['FRONTEND', publicListener, probeListener].map((name) =>
      rows.get(`${proxy} ${name}`),
    );
    if (!frontend || !own || !probe) continue;
    const probes = probe.totalSessions;
    counts[id] = {
      connections: own.totalSessions,
      sessions: Math.max(0, frontend.totalSessions - probes),
      requests: Math.max(0, cell(frontend, 'req_tot') - probes),
      bytesIn: cell(own, 'bin'),
      bytesOut: cell(own, 'bout'),
    };
  }
  return counts;
}

/** What is kept of all workers that ever were: `seen` by pid for those that may still count, `past` for all others. */
export interface CounterBaseline {
  past: TrafficCountsByRule;
  seen: Record<string, TrafficCountsByRule>;
}

/** Nothing was counted yet. */
export const emptyBaseline = (): CounterBaseline => ({ past: {}, seen: {} });

/** True when a worker's counters have begun anew: another worker got its pid. */
const began = (before: TrafficCountsByRule, now: TrafficCountsByRule): boolean =>
  Object.entries(now).some(([id, count]) => fields.some((field) => count[field] < (before[id]?.[field] ?? 0)));

/**
 * The ledger after all workers that there are have been read. A worker that is not among them has ended, with what was
 * last seen of it. Pure.
 *
 * @param rules ids of the rules that there are: of others nothing is kept.
 */
export function accumulate(
  { past, seen }: CounterBaseline,
  readings: ReadonlyMap<number, TrafficCountsByRule>,
  rules: ReadonlySet<string>,
): CounterBaseline {
  const next: CounterBaseline = { past: { ...past }, seen: {} };
  for (const [pid, before] of Object.entries(seen)) {
    const now = readings.get(Number(pid));
    if (now && !began(before, now)) continue;
    for (const [id, count] of Object.entries(before)) next.past[id] = sum(next.past[id], count);
  }
  for (const [pid, counts] of readings) next.seen[pid] = counts;
  const kept = (counts: TrafficCountsByRule): TrafficCountsByRule =>
    Object.fromEntries(Object.entries(counts).filter(([id]) => rules.has(id)));
  return {
    past: kept(next.past),
    seen: Object.fromEntries(Object.entries(next.seen).map(([pid, counts]) => [pid, kept(counts)])),
  };
}

/** All that was ever counted, by rule id. */
export function totals({ past, seen }: CounterBaseline): TrafficCountsByRule {
  const all = { ...past };
  for (const counts of Object.values(seen)) {
    for (const [id, count] of Object.entries(counts)) all[id] = sum(all[id], count);
  }
  return all;
}
