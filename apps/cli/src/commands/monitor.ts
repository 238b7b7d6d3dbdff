import { createReadStream } from 'node:fs';
import { type Alarm, createMonitor, followTrace } from '@limpet/checker';
import { type CheckModel, createCheckModel, createView, MOST_GROUPS_THAT_MOVE } from '@limpet/state-space';
import { whyUnreadable } from '../arguments/input-file.ts';
import type { Context, OutputFormat } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';

/** Options of `limpet monitor`. */
export interface MonitorFlags {
  groups: number;
  members: number;
  output: OutputFormat;
}

/** `limpet monitor`: follows a trace, and finds the first line that no execution of the model explains. */
export async function monitor(file: string, flags: MonitorFlags, context: Context): Promise<void> {
  const model = modelWithinBounds(flags.groups, flags.members);
  const follower = createMonitor(model, createView(model));
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const show = (): void => {
    const { records, largestBelief } = follower.stats();
    progress.show(`${number(records)} lines, at most ${number(largestBelief)} states fit them`);
  };
  const started = performance.now();
  const alarm = await follow(file, (chunks) => followTrace(follower, watched(chunks, show)));
  const seconds = (performance.now() - started) / 1000;
  progress.clear();
  const { records: lines, largestBelief } = follower.stats();
  if (lines === 0)
    throw new CliError('USAGE', `the trace ${file}: no lines; give one JSON object with an "event" a line`);
  const explained = alarm === undefined;
  context.stdout(
    flags.output === 'json'
      ? json({ explained, lines, seconds, largestBelief, alarm: alarm ?? null })
      : explained
        ? `ok: an execution of the model explains all ${number(lines)} lines\n`
        : alarmInWords(alarm),
  );
  context.exit(explained ? exitCodes.done : exitCodes.doesNotHold);
}

const number = (value: number): string => value.toLocaleString('en');

/** Passes the chunks on, and calls `show` after each. */
async function* watched(chunks: AsyncIterable<Uint8Array>, show: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    show();
  }
}

function modelWithinBounds(groups: number, members: number): CheckModel {
  try {
    const hostsTake = groups <= MOST_GROUPS_THAT_MOVE;
    const losses = { addressesMove: hostsTake, certificatesGo: hostsTake };
    return createCheckModel({ groups, members, symmetry: false, ...losses });
  } catch (error) {
    throw error instanceof RangeError ? new CliError('USAGE', error.message) : error;
  }
}

async function follow<T>(file: string, read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  try {
    return await read(file === '-' ? process.stdin : createReadStream(file));
  } catch (error) {
    const isOfSystem = error instanceof Error && 'syscall' in error;
    if (!isOfSystem) throw error;
    throw new CliError('USAGE', `the trace ${file}: ${whyUnreadable(error)}; give an NDJSON file, or - for stdin`);
  }
}

const REASONS: Record<Alarm['reason'], string> = {
  unexplained: 'no execution of the model has this event here',
  'wrong-heartbeat': 'nothing is left to do, and this is not what must be in force',
  unsettled: 'nothing is left to do, and what was asked for is not in force',
};

/** Says what the trace has at the line of the alarm, and what the model would have allowed there. */
export function alarmInWords({ line, record, reason, expected, states }: Alarm): string {
  const possible = [
    ...expected.events.map((event) => `  ${event}`),
    ...expected.heartbeats.map((fields) => `  heartbeat: ${differences(fields, record)}`),
  ];
  const before = states.map((state) => `  ${describe(state)}`);
  return [
    `ALARM at line ${number(line)}: ${REASONS[reason]}`,
    `seen: ${JSON.stringify(record)}`,
    'possible instead:',
    ...(possible.length > 0 ? possible : ['  nothing']),
    `before that, for all that was seen${before.length > 1 ? ', one of' : ''}:`,
    ...before,
    '',
  ].join('\n');
}

/** The fields of a heartbeat that differ from the one in the trace; all of them when the trace has an event. */
function differences(fields: Readonly<Record<string, unknown>>, seen: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([name, value]) => seen[name] !== value)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

function describe(state: Readonly<Record<string, string>>): string {
  return Object.entries(state)
    .filter(([, text]) => text !== '')
    .map(([lane, text]) => `${lane}: ${text}`)
    .join('; ');
}
