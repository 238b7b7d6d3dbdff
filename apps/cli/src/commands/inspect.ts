import { text } from 'node:stream/consumers';
import type { InspectionDocument } from '@limpet/inspection';
import { modelMachines, openResult } from '@limpet/inspector';
import { readInputFile } from '../arguments/input-file.ts';
import { loadMachines } from '../arguments/machine-module.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { serve, writePage } from '../inspection/show-page.ts';

/** Options of `limpet inspect`. */
export interface InspectFlags {
  machine?: string;
  export?: string;
  port?: number;
}

/** `limpet inspect`: serves the page on what it is given until Ctrl-C, or writes it as one file. */
export async function inspect(file: string | undefined, flags: InspectFlags, context: Context): Promise<void> {
  const { machine, port } = flags;
  if (file !== undefined && machine !== undefined)
    throw new CliError('USAGE', '--machine shows a module of yours; leave out the file');
  if (flags.export !== undefined && port !== undefined)
    throw new CliError('USAGE', '--export serves nothing; leave out --port');
  const document = await documentOf(file, machine);
  if (flags.export === undefined) return serve(document, context, port);
  await writePage(document, flags.export, context);
  context.stdout(`${flags.export} is written; open it in a browser\n`);
}

async function documentOf(file: string | undefined, machine: string | undefined): Promise<InspectionDocument> {
  if (file !== undefined)
    return openResult(
      file === '-' ? await text(process.stdin) : await readInputFile('the file', file, 'give another one'),
      file === '-' ? 'stdin' : file,
    );
  const [title, machines] =
    machine === undefined ? ["Limpet's statecharts", [...modelMachines]] : [machine, await loadMachines(machine)];
  return { format: 'limpet-inspection', version: 1, title, notes: [], machines, messages: [] };
}
