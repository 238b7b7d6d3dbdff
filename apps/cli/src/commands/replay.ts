import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import {
  parseTrace,
  type ReplayResult,
  type ReplayTrace,
  type RouterKind,
  replay as run,
  SimulatorError,
  type TestBed,
  type TestBedOptions,
} from '@limpet/simulator';
import { whyUnreadable } from '../arguments/input-file.ts';
import { refuseFileOfOther } from '../arguments/replay-kinds.ts';
import type { Context, OutputFormat } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { rerunInSandbox } from '../rerun-in-sandbox.ts';

interface ReplayFlags {
  router: RouterKind;
  dataPlane: 'real' | 'memory';
  openTestBed: (options: TestBedOptions) => Promise<TestBed>;
  output: OutputFormat;
}

const STDIN = '-';

/**
 * `limpet simulate --replay`: plays a counterexample of `limpet check` on a router; on a real HAProxy in a sandbox.
 *
 * @throws SimulatorError `TRACE_NOT_FOUND`
 */
export async function replay(
  file: string,
  { router, dataPlane, openTestBed, output }: ReplayFlags,
  context: Context,
): Promise<void> {
  // Stdin can be read only once: the run in the sandbox reads it.
  const known = file === STDIN ? undefined : await load(file);
  if (dataPlane === 'real') {
    const code = await rerunInSandbox(context.args);
    if (code !== undefined) return context.exit(code);
  }
  const trace = known ?? parseTrace(await text(process.stdin), 'stdin');
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const result = await run(trace, { router, dataPlane, openTestBed, progress: (line) => progress.show(line) });
  progress.clear();
  context.stdout(output === 'json' ? json(result) : report(result));
  context.exit(result.reproduced ? exitCodes.doesNotHold : exitCodes.done);
}

async function load(file: string): Promise<ReplayTrace> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    const message = `--replay ${file}: ${whyUnreadable(cause)}; give what limpet check --bug NAME -o json prints, or - for stdin`;
    throw new SimulatorError('TRACE_NOT_FOUND', message, { cause });
  }
  refuseFileOfOther('simulate', content, file);
  return parseTrace(content, file);
}

/** The result for people: the steps in their lanes, below each what was observed, and the verdict. */
function report(result: ReplayResult): string {
  const lane = Math.max(...result.steps.map((step) => step.lane.length));
  const lines = result.steps.flatMap((step) => [
    `${String(step.step).padStart(4)}  ${step.lane.padEnd(lane)}  ${step.text}`,
    ...step.observed.map((line) => `${' '.repeat(lane + 10)}${line}`),
  ]);
  return `${lines.join('\n')}\n\n${verdict(result)}\n`;
}

function verdict({ router, dataPlane, reproduced, finding, obstacle }: ReplayResult): string {
  const where = `on this router (${router}, ${dataPlane === 'real' ? 'a real HAProxy' : 'in memory'})`;
  if (finding !== null && reproduced)
    return `this happens ${where}: after step ${finding.step}, ${finding.rule}: expected ${finding.expected}; saw ${finding.saw}`;
  const why = obstacle === null ? '' : `; step ${obstacle.step} cannot be done here: ${obstacle.reason}`;
  return `this does not happen ${where}${why}`;
}
