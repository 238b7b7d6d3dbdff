import { createReadStream } from 'node:fs';
import { type Alarm, createMonitor, followTrace } from '@limpet/checker';
import { type CheckModel, createCheckModel, createView } from '@limpet/model';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Context } from '../program.ts';

export interface MonitorFlags {
  groups: number;
  members: number;
}

/** `limpet monitor`: follows the trace of a run, and says at which line no execution of the model explains it any more. */
export async function monitor(file: string, { groups, members }: MonitorFlags, context: Context): Promise<void> {
  const model = modelWithinBounds(groups, members);
  const follower = createMonitor(model, createView(model));
  const alarm = await follow(file, (chunks) => followTrace(follower, chunks));
  const { records } = follower.stats();
  context.stdout(alarm === undefined ? `ok, ${records.toLocaleString('en')} lines\n` : alarmInWords(alarm));
  context.exit(alarm === undefined ? exitCodes.done : exitCodes.doesNotHold);
}

function modelWithinBounds(groups: number, members: number): CheckModel {
  try {
    return createCheckModel({ groups, members, symmetry: false });
  } catch (error) {
    throw error instanceof RangeError ? new CliError('USAGE', error.message) : error;
  }
}

async function follow<T>(file: string, read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  try {
    return await read(file === '-' ? process.stdin : createReadStream(file));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw isMissing ? new CliError('USAGE', `there is no trace ${file}; give an NDJSON file, or - for stdin`) : error;
  }
}

const REASONS: Record<Alarm['reason'], string> = {
  unexplained: 'no execution of the model has this event here',
  'wrong-heartbeat': 'nothing is left to do, and this is not what must be in force',
  unsettled: 'nothing is left to do, and what was asked for is not in force',
};

/** What was seen, and what would have been possible. */
export function alarmInWords({ line, record, reason, expected, states }: Alarm): string {
  const possible = [
    ...expected.events.map((event) => `  ${event}`),
    ...expected.heartbeats.map((fields) => `  heartbeat: ${differences(fields, record)}`),
  ];
  const before = states.map((state) => `  ${describe(state)}`);
  return [
    `line ${line}: ${REASONS[reason]}`,
    `seen: ${JSON.stringify(record)}`,
    'possible instead:',
    ...(possible.length > 0 ? possible : ['  nothing']),
    `before that, for all that was seen${before.length > 1 ? ', one of' : ''}:`,
    ...before,
    '',
  ].join('\n');
}

/** Of a heartbeat only what differs from the one that was seen; all of it when an event was seen. */
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
