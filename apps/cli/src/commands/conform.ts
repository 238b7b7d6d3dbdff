import {
  ConformanceError,
  type ConformResult,
  type FailureReport,
  type Goals,
  type OwnRouter,
  parseReplay,
  type RouterKind,
  replayPath,
  conform as run,
  SUITES,
  type SuiteName,
  type SuiteResult,
} from '@limpet/conformance';
import { requireRouterFault } from '../arguments/bug-names.ts';
import { type DataPlaneKind, dataPlaneFor } from '../arguments/data-plane.ts';
import { requireVersion } from '../arguments/haproxy-version.ts';
import { readInputFile } from '../arguments/input-file.ts';
import { refuseFileOfOther } from '../arguments/replay-kinds.ts';
import type { Context, OutputFormat } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { rerunInSandbox } from '../rerun-in-sandbox.ts';
import { writeFailureFiles } from './failure-files.ts';
import { TraceFiles } from './trace-files.ts';

/** Options of `limpet conform`. */
export interface ConformFlags {
  /** `agent`: Limpet's own router in an agent's process. */
  router: RouterKind | 'agent';
  dataPlane?: DataPlaneKind;
  /** Of the HAProxy in memory. */
  haproxyVersion?: string;
  suite: SuiteName | 'all';
  /** When not given: `everything` in memory, `router` on a real data plane. */
  goals?: Goals;
  lanes: number;
  bug?: string;
  /** The file of a failure. */
  replay?: string;
  /** The folder to write traces to. */
  trace?: string;
  output: OutputFormat;
}

/** `limpet conform`: plays the suites on a router, or one path again; on a real HAProxy in a sandbox. */
export async function conform(flags: ConformFlags, context: Context): Promise<void> {
  if (flags.replay !== undefined) return replay(flags.replay, flags.output, context);
  const { router, lanes, bug, haproxyVersion } = flags;
  if (bug !== undefined) requireFault(router, bug);
  const dataPlane = dataPlaneFor(router === 'agent' ? 'haproxy' : router, flags.dataPlane);
  if (haproxyVersion !== undefined) requireVersion(haproxyVersion, router, dataPlane);
  if (dataPlane === 'real') {
    const code = await rerunInSandbox(context.args);
    if (code !== undefined) return context.exit(code);
  }
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const suites = flags.suite === 'all' ? SUITES : ([...new Set(['stories', flags.suite])] as SuiteName[]);
  const goals = flags.goals ?? (dataPlane === 'real' ? 'router' : 'everything');
  const traces = flags.trace === undefined ? undefined : new TraceFiles(flags.trace);
  const result = await run({
    router: await routerCalled(router),
    dataPlane,
    suites,
    goals,
    workers: lanes,
    bug,
    haproxyVersion,
    progress: (line) => progress.show(line),
    ...(traces && { onTrace: traces.take }),
  });
  progress.clear();
  const files = writeFailureFiles(
    result.suites.flatMap(({ failures }) => failures),
    process.cwd(),
  );
  context.stdout(flags.output === 'json' ? json(result) : report(result, files.names, traces?.commands() ?? []));
  if (suites.includes('changes') && !result.suites.some(({ suite }) => suite === 'changes'))
    context.stderr.write(`limpet: ${NOT_PLAYED}\n`);
  for (const trouble of files.troubles) context.stderr.write(`limpet: ${trouble}\n`);
  context.exit(result.suites.every(isMet) ? exitCodes.done : exitCodes.doesNotHold);
}

/** The agent is loaded only when it is asked for. */
async function routerCalled(name: ConformFlags['router']): Promise<RouterKind | OwnRouter> {
  return name === 'agent' ? (await import('@limpet/agent/conformance')).agentRouter() : name;
}

/** @throws CliError `USAGE` */
function requireFault(router: ConformFlags['router'], bug: string): void {
  if (router === 'agent')
    throw new CliError(
      'USAGE',
      `--bug: the agent has no bugs to switch on; limpet conform --router haproxy --bug ${bug}`,
    );
  requireRouterFault(router, bug);
}

/** Only Limpet's own router has steps, and what `verify` reads. */
const NOT_PLAYED =
  "the suite changes was not played: it is for Limpet's router, limpet conform --suite changes --router haproxy";

const isMet = ({ goals, covered, failures, traceAccepted }: SuiteResult): boolean =>
  covered === goals && failures.length === 0 && traceAccepted;

async function replay(path: string, output: OutputFormat, context: Context): Promise<void> {
  const text = await readInputFile('--replay', path, 'give the file that a run of limpet conform wrote when it failed');
  refuseFileOfOther('conform', text, path);
  const file = readReplay(text, path);
  if (file.dataPlane === 'real') {
    const code = await rerunInSandbox(context.args);
    if (code !== undefined) return context.exit(code);
  }
  const failure = await replayPath(file);
  const { length } = 'moves' in file ? file.moves : file.operations;
  const good = `All ${length} steps are as the model says.\n`;
  context.stdout(output === 'json' ? json({ failure: failure ?? null }) : failure ? describe(failure, path) : good);
  context.exit(failure === undefined ? exitCodes.done : exitCodes.doesNotHold);
}

function readReplay(text: string, path: string): ReturnType<typeof parseReplay> {
  try {
    return parseReplay(text);
  } catch (error) {
    if (error instanceof ConformanceError) throw new ConformanceError(error.code, `${path}: ${error.message}`);
    throw error;
  }
}

const number = (value: number): string => value.toLocaleString('en');

function report(
  { suites, costs, taken, atRuntime }: ConformResult,
  files: ReadonlyMap<FailureReport, string>,
  traces: readonly string[],
): string {
  const rows = suites.map(({ suite, about, goals, covered, steps, seconds, failures, traceAccepted }) => [
    suite,
    about,
    number(goals),
    number(covered),
    number(steps),
    seconds,
    failures.length,
    traceAccepted ? 'accepted' : 'REJECTED',
  ]);
  const head = ['suite', 'what is covered', 'goals', 'covered', 'steps', 'seconds', 'failures', 'trace'];
  const spent = costs.map(({ step, count, p50, p99, share }) => [
    step,
    count,
    p50,
    p99,
    `${Math.round(share * 100)} %`,
  ]);
  return [
    ...suites.flatMap(({ failures }) => failures).map((failure) => describe(failure, files.get(failure))),
    table(head, rows),
    ...suites.flatMap(({ about, alarm }) =>
      alarm === undefined ? [] : [`No execution of the model explains the trace of "${about}": ${alarm}\n`],
    ),
    table(['step', 'count', 'p50 ms', 'p99 ms', 'of the time'], spent),
    ...atRuntimeOf(taken, atRuntime),
    ...(traces.length === 0 ? [] : [traces.map((command) => `Follow the trace again: ${command}\n`).join('')]),
  ].join('\n');
}

/** How the router went from one state of HAProxy to another; nothing of a router that has none. */
function atRuntimeOf(taken: ConformResult['taken'], share: number): string[] {
  const steps = Object.values(taken).reduce((sum, count) => sum + count, 0);
  if (steps === 0) return [];
  const { start, reload } = taken;
  const percent = Math.round(share * 100);
  return [
    `Of ${number(steps)} steps of the router, ${percent} % were taken at run time; ${number(start)} started HAProxy, and ${number(reload)} reloaded it.\n`,
  ];
}

/** Describes a failure for people. */
function describe(
  { story, path, sentences, expected, observed, model }: FailureReport,
  file: string | undefined,
): string {
  const differing = Object.keys(expected).filter((name) => expected[name] !== '' || observed[name] !== '');
  const mark = (name: string) =>
    expected[name] === observed[name] || expected[name] === '' || observed[name] === '' ? '' : '<--';
  return [
    'NOT AS THE MODEL SAYS',
    ...(story === undefined ? [] : [story]),
    '',
    `After ${path.length} steps:`,
    ...path.map((sentence, at) => `  ${String(at + 1).padStart(3)}  ${sentence}`),
    '',
    ...sentences.map((sentence) => `  ${sentence}`),
    '',
    table(
      ['of', 'by the model', 'seen', ''],
      differing.map((name) => [name, expected[name]!, observed[name]!, mark(name)]),
    ),
    table(['statechart', 'state'], Object.entries(model)),
    ...(file === undefined ? [] : [`Again: npx limpet conform --replay ${file}`]),
    '',
  ].join('\n');
}
