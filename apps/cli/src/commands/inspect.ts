import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { InspectionDocument } from '@limpet/inspection';
import { buildPage, exportPage, modelMachines, openResult, readPageFiles, servePage } from '@limpet/inspector';
import { readInputFile, whyUnreadable } from '../arguments/input-file.ts';
import { loadMachines } from '../arguments/machine-module.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { createProgress } from '../output/progress.ts';

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
  const progress = createProgress(context.stderr);
  progress.show('building the page, which is needed once');
  const files = readPageFiles(await buildPage());
  progress.clear();
  if (flags.export !== undefined) {
    await write(flags.export, exportPage(files, document));
    context.stdout(`${flags.export} is written; open it in a browser\n`);
    return;
  }
  const page = await servePage({ files, document, ...(port === undefined ? {} : { port }) });
  context.stdout(`${page.address} shows ${document.title}; Ctrl-C ends it\n`);
  await interrupted();
  await page.close();
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

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    throw new CliError('USAGE', `--export ${file}: ${whyUnreadable(cause)}; name a file that you may write`);
  }
}

/** Ctrl-C, or the end of the terminal: both are how a page that is served comes to its end. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
