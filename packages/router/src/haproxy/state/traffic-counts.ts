import { readShowStat, type StatRow } from '@limpet/haproxy';
import { probeListener, publicListener } from '../config/render.ts';

/** Traffic of clients through one rule since its creation. Probes of the verification do not count. */
export interface TrafficCounts {
  /** Accepted connections. */
  connections: number;
  /** Connections that got a session: all but those that ended before. */
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

/** Lists frontends and listeners, without servers. */
export const countersCommand = 'show stat -1 9 -1';

/**
 * Reads the answer to {@link countersCommand}. A probe is one connection, one session and, in http mode, one request.
 *
 * @param idOf `proxy -> rule id`.
 */
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

/** Counts of all workers so far: `seen`, by pid, of those that may still run; `past`, the sum of all others. */
export interface CounterBaseline {
  past: TrafficCountsByRule;
  seen: Record<string, TrafficCountsByRule>;
}

/** Nothing was counted yet. */
export const emptyBaseline = (): CounterBaseline => ({ past: {}, seen: {} });

/** True when counters have decreased: another worker has the pid now. */
const wasReset = (before: TrafficCountsByRule, now: TrafficCountsByRule): boolean =>
  Object.entries(now).some(([id, count]) => fields.some((field) => count[field] < (before[id]?.[field] ?? 0)));

/**
 * The baseline after a reading of all workers. The last counts of a worker that is not in `readings` are final. Pure.
 *
 * @param readings by pid.
 * @param rules ids of the current rules: counts of others are dropped.
 */
export function accumulate(
  { past, seen }: CounterBaseline,
  readings: ReadonlyMap<number, TrafficCountsByRule>,
  rules: ReadonlySet<string>,
): CounterBaseline {
  const next: CounterBaseline = { past: { ...past }, seen: {} };
  for (const [pid, before] of Object.entries(seen)) {
    const now = readings.get(Number(pid));
    if (now && !wasReset(before, now)) continue;
    for (const [id, count] of Object.entries(before)) next.past[id] = sum(next.past[id], count);
  }
  for (const [pid, counts] of readings) {
    const before = seen[pid];
    // An old worker of 2.4 lists its rules no more (src/stats.c): what was last seen of them is final.
    next.seen[pid] = before && !wasReset(before, counts) ? { ...before, ...counts } : counts;
  }
  const kept = (counts: TrafficCountsByRule): TrafficCountsByRule => {
    const left: TrafficCountsByRule = {};
    for (const id in counts) if (rules.has(id)) left[id] = counts[id]!;
    return left;
  };
  return {
    past: kept(next.past),
    seen: Object.fromEntries(Object.entries(next.seen).map(([pid, counts]) => [pid, kept(counts)])),
  };
}

/** The total of all workers, by rule id. */
export function totals({ past, seen }: CounterBaseline): TrafficCountsByRule {
  const all = { ...past };
  for (const counts of Object.values(seen)) {
    for (const [id, count] of Object.entries(counts)) all[id] = sum(all[id], count);
  }
  return all;
}
