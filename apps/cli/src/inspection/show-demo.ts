import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InspectorError, openResult } from '@limpet/inspector';
import type { Context } from '../context.ts';
import { serve, writePage } from './show-page.ts';

/** The file for the recording of a demo, in a folder of its own. */
export function demoRecordingFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'limpet-demo-')), 'run.json');
}

/**
 * Ends a demo with its last run in the inspector: served until Ctrl-C on a terminal; anywhere else, where nobody may be there
 * to end it, as one file beside the recording. A demo whose page cannot be built has been played all the same.
 *
 * @param isTerminal - somebody sits in front of it
 */
export async function showDemo(file: string, isTerminal: boolean, context: Context): Promise<void> {
  const document = openResult(readFileSync(file, 'utf8'), file);
  try {
    if (isTerminal) return await serve({ document }, context);
    const page = file.replace(/\.json$/, '.html');
    await writePage(document, page, context);
    context.stdout(`${page} shows ${document.title}; open it in a browser\n`);
  } catch (error) {
    if (!(error instanceof InspectorError)) throw error;
    context.stderr.write(`limpet: the inspector cannot show it: ${error.message}\n`);
  }
}
