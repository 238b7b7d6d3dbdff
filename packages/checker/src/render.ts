import { requireOptions } from './contract/require-options.ts';
import type { Model } from './model.ts';
import type { Trace } from './trace.ts';

/** A step of a run, in words. */
export interface TraceStep {
  /** Who takes it. */
  lane: string;
  text: string;
  /** The lanes that are different after it, and what they are then. */
  changed: Record<string, string>;
}

/** A run in words, for programs to read. */
export interface TraceJson {
  /** How many steps. */
  length: number;
  /** Every lane before the first step. */
  initial: Record<string, string>;
  steps: TraceStep[];
  /** The steps from here (counted from 0) to the last are repeated for ever; null when the run ends. */
  loopsFrom: number | null;
}

/** A run in the words of its model: the first state as a whole, of each step only the lanes that it changes. */
export function traceToJson(model: Model, trace: Trace): TraceJson {
  let before = { ...model.describeState(trace.states, 0) };
  const initial = before;
  const steps = trace.labels.map((label, i): TraceStep => {
    const after = { ...model.describeState(trace.states, (i + 1) * model.words) };
    const changed = Object.fromEntries(Object.entries(after).filter(([lane, value]) => before[lane] !== value));
    before = after;
    const { lane, text } = model.describeStep(label);
    return { lane, text, changed };
  });
  return { length: steps.length, initial, steps, loopsFrom: trace.loopsFrom };
}

/** How a run is shown as a table. */
export interface RenderOptions {
  /** Characters of a line; 120 unless told. Lanes are never narrower than 14. */
  width?: number;
}

const leastLane = 14;
const numberWidth = 4;

/**
 * A run as a table: a column for each lane that takes part, a row for each step. `>` marks what is done, and by whom;
 * below it is what has changed.
 */
export function renderTrace(model: Model, trace: Trace, options: RenderOptions = {}): string {
  requireOptions<RenderOptions>(options, { width: true });
  const { initial, steps, loopsFrom } = traceToJson(model, trace);
  const taking = new Set(steps.flatMap(({ lane, changed }) => [lane, ...Object.keys(changed)]));
  const lanes = [...new Set([...Object.keys(initial), ...steps.map(({ lane }) => lane)])].filter((lane) =>
    taking.has(lane),
  );
  const cells = steps.map((step) =>
    lanes.map((lane) => [
      ...(lane === step.lane ? [`> ${step.text}`] : []),
      ...(lane in step.changed ? [step.changed[lane]!] : []),
    ]),
  );
  const before = lanes.map((lane) => (lane in initial ? [initial[lane]!] : []));
  const longest = lanes.map((lane, i) =>
    Math.max(lane.length, ...[before, ...cells].flatMap((row) => row[i]!.map((text) => text.length))),
  );
  const widths = shareOut((options.width ?? 120) - numberWidth, longest);
  const lines = [
    ...renderRow(
      '',
      lanes.map((lane) => [lane]),
      widths,
    ),
    ...renderRow(
      '',
      widths.map((width) => ['-'.repeat(width)]),
      widths,
    ),
    ...renderRow('0', before, widths),
  ];
  for (const [i, row] of cells.entries()) {
    if (i === loopsFrom) lines.push('and then for ever:');
    lines.push(...renderRow(String(i + 1), row, widths));
  }
  return `${lines.join('\n')}\n`;
}

/** Columns as wide as their text where that fits; the widest give way. */
function shareOut(width: number, longest: readonly number[]): number[] {
  const room = width - 2 * longest.length;
  let limit = Math.max(leastLane, ...longest);
  const total = (): number => longest.reduce((sum, length) => sum + Math.min(length, limit), 0);
  while (limit > leastLane && total() > room) limit -= 1;
  return longest.map((length) => Math.min(length, limit));
}

function renderRow(number: string, row: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const wrapped = row.map((texts, i) => texts.flatMap((text) => wrap(text, widths[i]!)));
  const height = Math.max(1, ...wrapped.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    [
      (line === 0 ? number : '').padStart(numberWidth - 1),
      ...wrapped.map((cell, i) => (cell[line] ?? '').padEnd(widths[i]!)),
    ]
      .join('  ')
      .trimEnd(),
  );
}

/** Lines of at most `width`; a word that is longer is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return [...lines, line];
}
