import type { Cost } from './router-costs.ts';
import type { Size } from './router-options.ts';
import type { Measured } from './router-run.ts';

/** Milliseconds over so many changes; null when there were none. */
export interface Times {
  n: number;
  p50: number | null;
  p99: number | null;
}

/** One router at one size. */
export interface RouterReport {
  /** From sending a change to its being in force. `runtime`: what Limpet does without a reload. */
  runtimeMs: Times;
  reloadMs: Times;
  byChangeMs: Record<string, Times>;
  /** All rules sent to a router that has none, until they are in force. */
  startMs: number;
  /** Of this node process above an empty one, and of HAProxy's current worker. */
  nodeMiB: number;
  workerMiB: number;
}

/** Both routers at one size, and how many times as long CloudStack's takes. */
export interface SizeReport extends Size {
  limpet: RouterReport & {
    /** Pure: the plan for one changed rule among all. */
    planMs: Times;
    /** Answers that HAProxy contradicted. */
    untrue: number;
    /** A runtime change: where it spent its time, and how much of it was its own work. */
    costs: Cost[];
    ownMs: number;
  };
  /** `lost`: changes that HAProxy did not obey within 10 s, although the router had answered. */
  cloudstack: RouterReport & { lost: number };
  /** A bare runtime command over the socket. */
  floorMs: Times;
  ratios: { runtime: number | null; reload: number | null; runtimeToFloor: number | null };
}

const rounded = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** The nearest rank: with fewer than 100 values, p99 is the largest. */
export function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (percent: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
    return value === undefined ? null : rounded(value);
  };
  return { n: sorted.length, p50: rank(50), p99: rank(99) };
}

/** How many times as long `theirs` takes. */
const ratio = (theirs: Times, ours: Times): number | null =>
  theirs.p50 === null || ours.p50 === null ? null : rounded(theirs.p50 / ours.p50, 1);

const routerReport = (measured: Measured): RouterReport => ({
  runtimeMs: timesOf(measured.runtimeMs),
  reloadMs: timesOf(measured.reloadMs),
  byChangeMs: Object.fromEntries(Object.entries(measured.byChange).map(([name, values]) => [name, timesOf(values)])),
  startMs: rounded(measured.startMs),
  nodeMiB: rounded(measured.nodeMiB - measured.emptyMiB, 1),
  workerMiB: rounded(measured.workerMiB, 1),
});

/** Both routers' figures at one size. */
export function summaryOf(size: Size, limpet: Measured, cloudstack: Measured): SizeReport {
  const [ours, theirs] = [routerReport(limpet), routerReport(cloudstack)];
  const floorMs = timesOf(limpet.floorMs);
  return {
    ...size,
    limpet: {
      ...ours,
      planMs: timesOf(limpet.planMs),
      untrue: limpet.untrue,
      costs: limpet.costs.map(({ what, calls, ms }) => ({ what, calls: rounded(calls), ms: rounded(ms) })),
      ownMs: rounded(limpet.ownMs),
    },
    cloudstack: { ...theirs, lost: cloudstack.lost },
    floorMs,
    ratios: {
      runtime: ratio(theirs.runtimeMs, ours.runtimeMs),
      reload: ratio(theirs.reloadMs, ours.reloadMs),
      runtimeToFloor: ratio(ours.runtimeMs, floorMs),
    },
  };
}

const shownCosts = 10;

/** The reports for people. */
export function reportOf(cores: number, reports: readonly SizeReport[]): string {
  const head = ['size', 'change', "Limpet's p50", 'p99', 'n', "CloudStack's p50", 'p99', 'n', 'times as long'];
  const rows = reports.flatMap((report) => sizeRows(report));
  return `${cores} cores; milliseconds from sending a change to its being in force (Limpet: its answer, which HAProxy is then
asked to confirm; CloudStack 4.20.0: when HAProxy obeys, since its answer says nothing of that)

${columns([head, ...rows])}
${reports.map(rest).join('\n')}`;
}

function sizeRows({ rules, members, limpet, cloudstack }: SizeReport): string[][] {
  const row = (change: string, ours: Times, theirs: Times): string[] => [
    `${rules}x${members}`,
    change,
    ...[ours.p50, ours.p99, ours.n, theirs.p50, theirs.p99, theirs.n].map(shown),
    shown(ratio(theirs, ours)),
  ];
  return [
    row('without a reload', limpet.runtimeMs, cloudstack.runtimeMs),
    row('with a reload', limpet.reloadMs, cloudstack.reloadMs),
    ...Object.entries(limpet.byChangeMs).flatMap(([name, times]) => {
      const theirs = cloudstack.byChangeMs[name];
      return theirs ? [row(`  ${name}`, times, theirs)] : [];
    }),
    row('all rules, at the start', once(limpet.startMs), once(cloudstack.startMs)),
  ];
}

const shown = (value: number | null): string => String(value ?? '-');

const once = (ms: number): Times => ({ n: 1, p50: ms, p99: ms });

function rest({ rules, members, limpet, cloudstack, floorMs, ratios }: SizeReport): string {
  const costs = limpet.costs
    .slice(0, shownCosts)
    .map(({ what, calls, ms }) => [`    ${what}`, String(calls), String(ms)]);
  return `${rules}x${members}
  a bare runtime command    p50 ${floorMs.p50} ms, p99 ${floorMs.p99} ms; Limpet's runtime change is ${ratios.runtimeToFloor} times that
  time to plan one change   p50 ${limpet.planMs.p50} ms, p99 ${limpet.planMs.p99} ms
  memory                    node ${limpet.nodeMiB} MiB, worker ${limpet.workerMiB} MiB; CloudStack's: node ${cloudstack.nodeMiB} MiB, worker ${cloudstack.workerMiB} MiB
  answers not true          ${limpet.untrue}; changes that CloudStack's answered and HAProxy did not obey in 10 s: ${cloudstack.lost}
  where a runtime change's time goes: calls and ms a change, own work ${limpet.ownMs} ms
${columns(costs)}`;
}

function columns(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]!.length))) ?? [];
  const cell = (text: string, at: number): string =>
    /^[\d.]/.test(text) && at > 0 ? text.padStart(widths[at]!) : text.padEnd(widths[at]!);
  return rows.map((row) => `${row.map(cell).join('  ').trimEnd()}\n`).join('');
}
