import { text } from 'node:stream/consumers';
import type { InspectionDocument } from '@limpet/inspection';
import { modelPlayables, openResult, type PlayedMachines, playMachines } from '@limpet/inspector';
import { readInputFile } from '../arguments/input-file.ts';
import { loadMachines } from '../arguments/machine-module.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { serve, writePage } from '../inspection/show-page.ts';

/** Options of `limpet inspect`. */
export interface InspectFlags {
  machine?: string;
  /** JSON. */
  input?: string;
  export?: string;
  port?: number;
}

/** `limpet inspect`: serves the page on what it is given until Ctrl-C, or writes it as one file. */
export async function inspect(file: string | undefined, flags: InspectFlags, context: Context): Promise<void> {
  const { machine, port } = flags;
  if (file !== undefined && machine !== undefined)
    throw new CliError('USAGE', '--machine shows a module of yours; leave out the file');
  if (flags.input !== undefined && machine === undefined)
    throw new CliError('USAGE', '--input is for the machines of --machine; leave it out');
  if (flags.export !== undefined && port !== undefined)
    throw new CliError('USAGE', '--export serves nothing; leave out --port');
  const shown =
    file === undefined ? await machinesOf(machine, inputOf(flags.input)) : { document: await recordingIn(file) };
  if (flags.export === undefined) return serve(shown, context, port);
  await writePage(shown.document, flags.export, context);
  context.stdout(`${flags.export} is written; open it in a browser\n`);
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
