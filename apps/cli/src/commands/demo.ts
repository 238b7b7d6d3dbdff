import { LabError } from '@limpet/lab';
import { listScenarios, prepare, type RouterKind, type SimulationResult, simulate } from '@limpet/simulator';
import { testBedFor } from '../arguments/test-bed.ts';
import type { Context, OutputFormat } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { createRecording } from '../inspection/recording-file.ts';
import { demoRecordingFile, showDemo } from '../inspection/show-demo.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { sentence } from '../output/sentence.ts';
import { rerunInSandbox } from '../rerun-in-sandbox.ts';

const routers: readonly RouterKind[] = ['cloudstack', 'haproxy'];
const names: Record<RouterKind, string> = { cloudstack: 'CloudStack', haproxy: 'Limpet', memory: 'Limpet (memory)' };

/**
 * `limpet demo`: plays every shipped scenario with both routers, in turn, so that neither disturbs the figures of the
 * other.
 */
export async function demo(flags: { output: OutputFormat; record?: string }, context: Context): Promise<void> {
  // Scripts want the result alone, and the run in the sandbox leaves the page to the one that began it.
  const shows = flags.output === 'table' && flags.record === undefined;
  const file = flags.record ?? (shows ? demoRecordingFile() : undefined);
  const show = async (): Promise<void> => {
    if (shows && file !== undefined) await showDemo(file, process.stdin.isTTY && process.stdout.isTTY, context);
  };
  let dataPlane: 'real' | 'memory' = 'real';
  try {
    const code = await rerunInSandbox([...context.args, ...(shows && file !== undefined ? ['--record', file] : [])]);
    if (code !== undefined) {
      context.exit(code);
      if (code === exitCodes.done) await show();
      return;
    }
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    context.stderr.write(`No real HAProxy here: ${error.message}\nUsing the HAProxy in memory instead.\n\n`);
    dataPlane = 'memory';
  }
  const scenarios = await Promise.all((await listScenarios()).map((scenario) => prepare({ scenario })));
  if (flags.output === 'table')
    context.stdout(
      introduction(
        dataPlane,
        scenarios.map(({ scenario }) => `${scenario.name}: ${scenario.title}`),
      ),
    );
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const openTestBed = testBedFor(dataPlane);
  const recording = file === undefined ? undefined : createRecording(file);
  const results: SimulationResult[] = [];
  for (const prepared of scenarios) {
    for (const router of routers) {
      const label = `${prepared.scenario.name}, ${names[router]}`;
      const result = await simulate(prepared, {
        router,
        openTestBed,
        progress: (line) => progress.show(`${label}: ${line}`),
        ...(recording && { observe: recording.observe }),
      });
      // One run is shown at the end: the first of those that have most to look for.
      const most = Math.max(-1, ...results.map(({ changesNotInForce }) => changesNotInForce));
      if (result.changesNotInForce > most) recording?.write(label, [`${sentence(result)}.`]);
      results.push(result);
    }
  }
  progress.clear();
  context.stdout(flags.output === 'json' ? json({ results }) : report(results));
  await show();
}

function introduction(dataPlane: 'real' | 'memory', scenarios: readonly string[]): string {
  const where =
    dataPlane === 'real'
      ? 'a real HAProxy, iptables, back ends and clients, in namespaces of their own'
      : 'an HAProxy in memory';
  const list = scenarios.map((scenario) => `  ${scenario}\n`).join('');
  return `Three scenarios on ${where}; each is driven first as CloudStack 4.19.1 does it, then by Limpet.
"In force" is judged by clients: who was answered by whom. This takes about a minute.

${list}
`;
}

function report(results: readonly SimulationResult[]): string {
  const head = [
    'scenario',
    'router',
    'in force',
    'clients moved',
    'failed',
    'drained',
    'reloads',
    'runtime',
    'p50 ms',
    'p99 ms',
    'seconds',
  ];
  const rows = results.map((result) => [
    result.scenario,
    names[result.router],
    result.changes === 0 ? '-' : `${result.changesInForce} of ${result.changes}`,
    `${result.clientsMoved} of ${result.clients}`,
    result.connectionsFailed,
    result.connectionsDrained,
    result.reloads,
    result.runtimeOps,
    result.inForceMs.p50 ?? '-',
    result.inForceMs.p99 ?? '-',
    result.seconds.toFixed(1),
  ]);
  const sentences = results.map((result) => `${result.scenario}, ${names[result.router]}: ${sentence(result)}.\n`);
  return `${table(head, rows)}\n${sentences.join('')}`;
}
