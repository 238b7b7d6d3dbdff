import { randomUUID } from 'node:crypto';
import { inBox } from '@limpet/lab';
import { isClean, prepare, type RouterKind, simulate as run, type SimulationResult } from '@limpet/simulator';
import { type DataPlaneKind, dataPlaneFor } from '../arguments/data-plane.ts';
import { DEFAULT_SCENARIO } from '../arguments/default-scenario.ts';
import { requireVersion } from '../arguments/haproxy-version.ts';
import { testBedFor } from '../arguments/test-bed.ts';
import type { Context, OutputFormat } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { showLive } from '../inspection/live-run.ts';
import { receiveMessages, sendMessages } from '../inspection/message-socket.ts';
import { createRecording } from '../inspection/recording-file.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { sentence } from '../output/sentence.ts';
import { rerunInSandbox } from '../rerun-in-sandbox.ts';
import { replay } from './replay.ts';

/** Options of `limpet simulate`. */
export interface SimulateFlags {
  router: RouterKind;
  dataPlane?: DataPlaneKind;
  /** Of the HAProxy in memory. */
  haproxyVersion?: string;
  replay?: string;
  from?: string;
  publicIp?: string[];
  /** The file for the recorded run. */
  record?: string;
  /** Show the run in a browser while it is played. */
  inspect?: boolean;
  /** Of the run in a sandbox: the socket to which it sends its messages. */
  messages?: string;
  output: OutputFormat;
}

/** `limpet simulate`: validates the scenario, then plays it; on a real HAProxy in a sandbox. */
export async function simulate(scenario: string | undefined, flags: SimulateFlags, context: Context): Promise<void> {
  const { router, haproxyVersion } = flags;
  const dataPlane = dataPlaneFor(router, flags.dataPlane);
  if (haproxyVersion !== undefined) requireVersion(haproxyVersion, router, dataPlane);
  const openTestBed = testBedFor(dataPlane, haproxyVersion);
  if (flags.replay !== undefined) {
    const other =
      scenario !== undefined
        ? 'a scenario'
        : flags.from
          ? '--from'
          : flags.publicIp
            ? '--public-ip'
            : flags.record
              ? '--record'
              : flags.inspect && '--inspect';
    if (other)
      throw new CliError('USAGE', `--replay plays a run of the model, and takes no ${other.replace(/^a /, '')}`);
    return replay(flags.replay, { router, dataPlane, openTestBed, output: flags.output }, context);
  }
  const prepared = await prepare({
    scenario: scenario ?? DEFAULT_SCENARIO,
    from: flags.from,
    publicIps: flags.publicIp ?? [],
  });
  const title = `${prepared.scenario.name}, driven by ${router}`;
  if (dataPlane === 'real') {
    const code = await (flags.inspect ? showFromSandbox(title, context) : rerunInSandbox(context.args));
    if (code !== undefined) return context.exit(code);
  }
  const live = flags.inspect && flags.messages === undefined ? await showLive(title, randomUUID(), context) : undefined;
  const sender = flags.messages === undefined ? undefined : await sendMessages(flags.messages);
  for (const { rule, why } of prepared.leftOut) context.stderr.write(`limpet: ${rule} is left out: ${why}\n`);
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const told = live?.take ?? sender?.send;
  const recording = (flags.record ?? told) === undefined ? undefined : createRecording(flags.record, told);
  const result = await run(prepared, {
    router,
    openTestBed,
    progress: (line) => progress.show(line),
    ...(recording && { observe: recording.observe }),
  });
  progress.clear();
  await sender?.close();
  recording?.write(title, [`${sentence(result)}.`]);
  context.stdout(flags.output === 'json' ? json(result) : report(result));
  context.exit(isClean(result) ? exitCodes.done : exitCodes.found);
  await live?.ended();
}

/** Plays the run in a sandbox, and shows it from outside: a port of the sandbox is none of this machine. */
async function showFromSandbox(title: string, context: Context): Promise<number | undefined> {
  if (inBox()) return undefined;
  const live = await showLive(title, randomUUID(), context);
  const receiver = await receiveMessages(live.take);
  const code = await rerunInSandbox([...context.args, '--messages', receiver.socket]);
  await receiver.close();
  // Ctrl-C has ended the run: it is not asked for twice.
  if (code === exitCodes.interrupted) await live.close();
  else await live.ended();
  return code;
}

/** The result for people. */
function report(result: SimulationResult): string {
  const rows = Object.entries(result).flatMap(([key, value]): [string, string][] => {
    if (key === 'findings') return [];
    if (key === 'inForceMs')
      return [['inForceMs', `p50 ${result.inForceMs.p50 ?? '-'}, p99 ${result.inForceMs.p99 ?? '-'}`]];
    return [[key, String(value ?? '-')]];
  });
  const findings = result.findings.map(({ rule, expected, saw }) => `  ${rule}: expected ${expected}; ${saw}\n`);
  return `${table(['figure', 'value'], rows)}\n${findings.join('')}${sentence(result)}\n`;
}
