import {
  type Alarm,
  calm,
  createMonitor,
  followTrace,
  type Monitor,
  randomRun,
  type TraceRecord,
} from '@limpet/checker';
import { createRandom } from '@limpet/data-plane';
import { createCheckModel, createView } from '@limpet/state-space';

const RECORDS = 10_000_000;
/** As many of them are read from NDJSON as well: text is slower to read than to judge. */
const READ = 1_000_000;
const BATCH = 10_000;

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

/** What the monitor of some groups did with generated traces of its own model. */
interface Followed {
  /** Of one core. */
  seconds: number;
  alarms: number;
  largestBelief: number;
}

/**
 * The monitor on ten million events of its own model, users and faults included: half of them in a hurry, half with time to
 * come to rest. Only the following is timed, in time of one core: the machine may have other things to do.
 */
export async function benchMonitor(): Promise<string> {
  const lines: string[] = [];
  for (const [groups, members] of [
    [1, 1],
    [1, 2],
    [2, 1],
  ] as const) {
    process.stderr.write(`${groups} x ${members}\n`);
    lines.push(await follow(groups, members));
  }
  return lines.join('');
}

async function follow(groups: number, members: number): Promise<string> {
  const model = createCheckModel({ groups, members, symmetry: false });
  const view = createView(model);
  const random = createRandom(1);
  const half = RECORDS / 2;
  const runs = [model, calm(model, random)].map((pace) =>
    judge(createMonitor(model, view), randomRun(pace, view, random, half)),
  );
  const read = await readOn(createMonitor(model, view), [...randomRun(calm(model, random), view, random, READ)]);
  const sum = (of: (run: Followed) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return (
    `${groups} x ${members}: ${count(RECORDS)} events, ${count(RECORDS / sum(({ seconds }) => seconds))} events/s ` +
    `(from NDJSON ${count(READ / read.seconds)}), largest belief set ${Math.max(...runs.map((run) => run.largestBelief))}, ` +
    `false alarms: ${sum(({ alarms }) => alarms) + read.alarms}\n`
  );
}

function judge(monitor: Monitor, records: Iterable<TraceRecord>): Followed {
  let seconds = 0;
  let alarm: Alarm | undefined;
  let batch: TraceRecord[] = [];
  const take = (): void => {
    const started = cpuSeconds();
    for (const record of batch) alarm = monitor.next(record);
    seconds += cpuSeconds() - started;
    batch = [];
  };
  for (const record of records) if (batch.push(record) === BATCH) take();
  take();
  return { seconds, alarms: alarm === undefined ? 0 : 1, largestBelief: monitor.stats().largestBelief };
}

async function readOn(monitor: Monitor, records: readonly TraceRecord[]): Promise<Followed> {
  const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const started = cpuSeconds();
  const alarm = await followTrace(monitor, inChunks(bytes));
  const seconds = cpuSeconds() - started;
  return { seconds, alarms: alarm === undefined ? 0 : 1, largestBelief: monitor.stats().largestBelief };
}

/** As a file stream gives it. */
async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
