import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type AgentClient, AgentError, findAgent } from '@limpet/agent/client';
import type { InspectionDocument } from '@limpet/inspection';
import { modelPlayables, openResult, type PlayedMachines, playMachines } from '@limpet/inspector';
import { readInputFile } from '../arguments/input-file.ts';
import { loadMachines } from '../arguments/machine-module.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { sendToStately } from '../inspection/send-to-stately.ts';
import { serve, serveAgent, writePage } from '../inspection/show-page.ts';
import { defaultDir } from '../rules/default-dir.ts';

/** Options of `limpet inspect`. */
export interface InspectFlags {
  machine?: string;
  /** JSON. */
  input?: string;
  export?: string;
  port?: number;
  /** The WebSocket server of Stately's inspector, to which the run is sent as well. */
  stately?: string;
  /** The folder of a router. */
  dir?: string;
}

/** `limpet inspect`: serves the page on what it is given until Ctrl-C, or writes it as one file; given nothing, on a running agent. */
export async function inspect(file: string | undefined, flags: InspectFlags, context: Context): Promise<void> {
  const { machine, port } = flags;
  if (file !== undefined && machine !== undefined)
    throw new CliError('USAGE', '--machine shows a module of yours; leave out the file');
  if (flags.input !== undefined && machine === undefined)
    throw new CliError('USAGE', '--input is for the machines of --machine; leave it out');
  if (flags.export !== undefined && port !== undefined)
    throw new CliError('USAGE', '--export serves nothing; leave out --port');
  if (flags.dir !== undefined && (file ?? machine ?? flags.export ?? flags.stately) !== undefined)
    throw new CliError(
      'USAGE',
      '--dir shows the agent of a router; leave out what else is to be shown, --export and --stately',
    );
  if (flags.stately !== undefined && flags.export !== undefined)
    throw new CliError('USAGE', '--export serves nothing; leave out --stately');
  const isUndecided = (file ?? machine ?? flags.export ?? flags.stately) === undefined;
  const agent = isUndecided ? await agentIn(flags.dir) : undefined;
  if (agent !== undefined) return serveAgent(agent.socket, context, port);
  const shown =
    file === undefined ? await machinesOf(machine, inputOf(flags.input)) : { document: await recordingIn(file) };
  if (flags.export === undefined) {
    const end = flags.stately === undefined ? undefined : await sendToStately(flags.stately, shown);
    await serve(shown, context, port);
    return end?.();
  }
  await writePage(shown.document, flags.export, context);
  context.stdout(`${flags.export} is written; open it in a browser\n`);
}

/**
 * The agent of a router, if one runs.
 *
 * @param dir undefined: where a router is by default, which need not be there
 * @throws AgentError `AGENT_NOT_RUNNING` when a folder is given, and has none
 */
async function agentIn(dir: string | undefined): Promise<AgentClient | undefined> {
  const agent = await findAgent(resolve(dir ?? defaultDir));
  if (agent !== undefined || dir === undefined) return agent;
  throw new AgentError('AGENT_NOT_RUNNING', [
    `no agent drives the router in ${resolve(dir)}; start it by limpet agent, or give another --dir`,
  ]);
}

async function recordingIn(file: string): Promise<InspectionDocument> {
  if (file === '-') return openResult(await text(process.stdin), 'stdin');
  return openResult(await readInputFile('the file', file, 'give another one'), file);
}

async function machinesOf(module: string | undefined, input: unknown): Promise<PlayedMachines> {
  if (module === undefined) return playMachines("Limpet's statecharts", modelPlayables);
  const machines = await loadMachines(module);
  return playMachines(
    module,
    machines.map((each) => ({ ...each, input })),
  );
}

function inputOf(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    throw new CliError('USAGE', `--input ${json}: this is not JSON; give for example '{"limit":3}'`);
  }
}
