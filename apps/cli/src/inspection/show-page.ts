import { writeFile } from 'node:fs/promises';
import type { InspectionDocument } from '@limpet/inspection';
import {
  buildPage,
  exportPage,
  proxyPage,
  readPageFiles,
  type ServedPage,
  type ServeOptions,
  servePage,
} from '@limpet/inspector';
import { whyUnreadable } from '../arguments/input-file.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { endOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';

/**
 * Serves the page on a recording, or on machines that are played, until Ctrl-C, on this machine only.
 *
 * @param port - one that is free when it is not given
 * @throws InspectorError
 */
export async function serve(
  served: Omit<ServeOptions, 'files' | 'port'>,
  context: Context,
  port?: number,
): Promise<void> {
  const { document } = served;
  const files = await pageFiles(context);
  await untilInterrupted(
    await servePage({ ...served, files, ...(port === undefined ? {} : { port }) }),
    document.title,
    context.stdout,
  );
}

/**
 * Serves the page of a running agent until Ctrl-C, on this machine only.
 *
 * @param socketPath the agent's
 * @throws InspectorError
 */
export async function serveAgent(socketPath: string, context: Context, port?: number): Promise<void> {
  const page = await proxyPage({ socketPath, folder: '/inspect', ...(port === undefined ? {} : { port }) });
  await untilInterrupted(page, `the agent on ${socketPath}`, context.stdout);
}

/** Says where a page is, and serves it until Ctrl-C. */
export async function untilInterrupted(page: ServedPage, what: string, say: (text: string) => void): Promise<void> {
  say(`${page.address} shows ${what}; Ctrl-C ends it\n`);
  await interrupted();
  await page.close();
}

/** Writes the page with a recording as one file. @throws InspectorError, or CliError `USAGE` when it cannot be written */
export async function writePage(document: InspectionDocument, file: string, context: Context): Promise<void> {
  const page = exportPage(await pageFiles(context), document);
  try {
    await writeFile(file, page);
  } catch (cause) {
    throw new CliError('USAGE', `--export ${file}: ${whyUnreadable(cause)}; name a file that you may write`);
  }
}

/** The files of the page, built when they are needed. @throws InspectorError */
export async function pageFiles(context: Context): Promise<ReturnType<typeof readPageFiles>> {
  const progress = createProgress(context.stderr);
  progress.show('building the page, which is needed once');
  try {
    return readPageFiles(await buildPage());
  } finally {
    progress.clear();
  }
}

/** Ctrl-C, or the end of the terminal: both are how a page that is served comes to its end. */
function interrupted(): Promise<void> {
  endOnInterrupt();
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
