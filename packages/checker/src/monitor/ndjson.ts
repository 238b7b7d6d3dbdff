import { MonitorError } from './errors.ts';
import type { Alarm, Monitor } from './monitor.ts';
import type { TraceRecord } from './view.ts';

/** Characters of a line, at the most: a file that is no NDJSON must not fill the memory. */
const LONGEST_LINE = 2 ** 20;

/**
 * Reads a trace: one JSON object with an `event` a line. Chunks are cut anywhere, as a file stream gives them (bytes as
 * UTF-8); the records come in batches, a chunk each.
 *
 * @throws MonitorError `TRACE_MALFORMED` with the number of the line, after the records before it.
 */
export async function* readTrace(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<TraceRecord[]> {
  const decoder = new TextDecoder();
  let line = 1;
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n');
    rest = lines.pop()!;
    yield* parseLines(lines, line);
    line += lines.length;
    if (rest.length > LONGEST_LINE) throw malformed(line, `is longer than ${LONGEST_LINE} characters`, rest);
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield* parseLines([rest], line);
}

/** Follows a whole trace; the first alarm, or `undefined` when some execution of the model explains all of it. */
export async function followTrace(
  monitor: Monitor,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<Alarm | undefined> {
  for await (const records of readTrace(chunks)) {
    for (const record of records) {
      const alarm = monitor.next(record);
      if (alarm !== undefined) return alarm;
    }
  }
  return undefined;
}

function* parseLines(lines: readonly string[], first: number): Generator<TraceRecord[]> {
  const records: TraceRecord[] = [];
  for (const [at, text] of lines.entries()) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      yield records;
      throw malformed(first + at, 'is not JSON', text, error);
    }
    if (!isRecord(value)) {
      yield records;
      throw malformed(first + at, 'must be an object with a string "event"', text);
    }
    records.push(value);
  }
  yield records;
}

function isRecord(value: unknown): value is TraceRecord {
  return typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string';
}

function malformed(line: number, what: string, text: string, cause?: unknown): MonitorError {
  const excerpt = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return new MonitorError('TRACE_MALFORMED', `line ${line} ${what}: ${excerpt}`, { cause });
}
