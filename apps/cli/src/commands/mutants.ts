import { type Mutant, runMutants } from '@limpet/conformance';
import { requireKnownBugs } from '../arguments/bug-names.ts';
import type { Context, OutputFormat } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';

/** Options of `limpet mutants`. */
export interface MutantsFlags {
  /** Names of bugs; all when not given. */
  bug?: string[];
  baselines?: boolean;
  output: OutputFormat;
}

/** `limpet mutants`: switches on each known bug in turn, and shows whether the suites catch it. */
export async function mutants({ bug: only, baselines, output }: MutantsFlags, context: Context): Promise<void> {
  requireKnownBugs(only ?? []);
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const found = await runMutants({ only, baselines, progress: (name) => progress.show(name) });
  progress.clear();
  context.stdout(output === 'json' ? json({ mutants: found }) : report(found));
  context.exit(found.every(({ caught }) => caught) ? exitCodes.done : exitCodes.doesNotHold);
}

function report(found: readonly Mutant[]): string {
  const yes = (value: boolean | undefined) => (value === undefined ? '' : value ? 'yes' : 'no');
  const rows = found.map(({ bug, of, upstream, suite, steps, check, trace, shortestPaths, randomWalk }) => [
    bug,
    of,
    upstream[0] ?? '',
    suite ?? 'NOT CAUGHT',
    steps ?? '-',
    check ?? '-',
    trace ?? '',
    yes(shortestPaths),
    yes(randomWalk),
  ]);
  const head = ['bug', 'of', 'upstream', 'caught by', 'after steps', 'check', 'trace', 'shortest paths', 'random walk'];
  const caught = found.filter((mutant) => mutant.caught).length;
  return `${table(head, rows)}\n${caught} of ${found.length} are caught.\n`;
}
