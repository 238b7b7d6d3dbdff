import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { hardLimitOf } from '@limpet/data-plane';
import { inBox, runInBox } from '@limpet/lab';
import { parseRouterOptions, type Size } from './router-options.ts';
import { reportOf, type SizeReport, summaryOf } from './router-report.ts';
import { fitted } from './router-room.ts';
import type { Measured, RunOptions } from './router-run.ts';

const child = fileURLToPath(new URL('./router-child.ts', import.meta.url));
/** More tell nothing new, and CloudStack's router, which reloads for each, has to come to as many as it can. */
const samples = 300;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** One run, in a process of its own. Throws when that has ended without figures. */
export async function runInChild(options: RunOptions): Promise<Measured> {
  const process = fork(child, [JSON.stringify(options)]);
  let measured: Measured | undefined;
  process.on('message', (message: Measured) => {
    measured = message;
  });
  await once(process, 'exit');
  if (!measured)
    throw new Error(`the run of ${options.router} at ${options.rules}x${options.members} failed; see above`);
  return measured;
}

async function benchSize(size: Size, budgetMs: number): Promise<SizeReport> {
  const measured = async (router: RunOptions['router']): Promise<Measured> => {
    say(`${size.rules}x${size.members} ${router}`);
    return runInChild({ ...size, router, budgetMs, samples });
  };
  return summaryOf(size, await measured('haproxy'), await measured('cloudstack'));
}

/**
 * Limpet's router and CloudStack's on the same HAProxy and the same machine, in one run: how long a change takes until it
 * is in force, and what it costs. In a box.
 *
 * @returns a table or JSON; undefined when it ran in a box of its own, which has printed it
 */
export async function benchRouter(args: readonly string[]): Promise<string | undefined> {
  const { sizes, budgetMs, output } = parseRouterOptions(args);
  if (!inBox()) {
    process.exitCode = await runInBox([process.execPath, ...process.argv.slice(1)]);
    return undefined;
  }
  const reports: SizeReport[] = [];
  const hardLimit = hardLimitOf(await readFile('/proc/self/limits', 'utf8'));
  for (const size of sizes) {
    const fit = fitted(size, hardLimit);
    if (fit.members < size.members) {
      say(
        `${size.rules}x${size.members} needs more file descriptors than ${hardLimit}: ${fit.rules}x${fit.members} instead`,
      );
    }
    reports.push(await benchSize(fit, budgetMs));
  }
  const result = { cores: availableParallelism(), sizes: reports };
  return output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : reportOf(result.cores, reports);
}
