import { isClean, type RouterKind, storm as run, type StormResult } from '@limpet/simulator';
import { type DataPlaneKind, dataPlaneFor } from '../arguments/data-plane.ts';
import { testBedFor } from '../arguments/test-bed.ts';
import type { Context, OutputFormat } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { rerunInSandbox } from '../rerun-in-sandbox.ts';

interface StormFlags {
  ops: number;
  seed: number;
  rules: number;
  members: number;
  router: RouterKind;
  dataPlane?: DataPlaneKind;
  output: OutputFormat;
}

/** `limpet simulate storm`: runs random operations under load, which the clients judge; on a real HAProxy in a sandbox. */
export async function storm(flags: StormFlags, context: Context): Promise<void> {
  const { ops, seed, rules, members, router } = flags;
  const dataPlane = dataPlaneFor(router, flags.dataPlane);
  if (dataPlane === 'real') {
    const code = await rerunInSandbox(context.args);
    if (code !== undefined) return context.exit(code);
  }
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const openTestBed = testBedFor(dataPlane);
  const result = await run({ ops, seed, rules, members, router, openTestBed, progress: (line) => progress.show(line) });
  progress.clear();
  context.stdout(flags.output === 'json' ? json(result) : report(result));
  context.exit(isClean(result) ? exitCodes.done : exitCodes.found);
}

/** The result for people. */
function report({ findings, operations, inForceMs, answeredMs, ...result }: StormResult): string {
  const spread = ({ p50, p99 }: StormResult['inForceMs']): string => `p50 ${p50 ?? '-'}, p99 ${p99 ?? '-'}`;
  const rows: [string, string][] = [
    ...Object.entries(result).map(([key, value]): [string, string] => [key, String(value ?? '-')]),
    ...Object.entries(operations).map(([kind, count]): [string, string] => [`operations.${kind}`, String(count)]),
    ['answeredMs', spread(answeredMs)],
    ['inForceMs', spread(inForceMs)],
  ];
  const wrong = findings.map(({ rule, expected, saw }) => `  ${rule}: expected ${expected}; ${saw}\n`);
  return `${table(['figure', 'value'], rows)}\n${wrong.join('')}${verdict(result)}\n`;
}

function verdict({
  router,
  changes,
  changesInForce,
  clientsMoved,
  connectionsFailed,
}: Pick<StormResult, 'router' | 'changes' | 'changesInForce' | 'clientsMoved' | 'connectionsFailed'>): string {
  return `${router}: ${changesInForce} of ${changes} operations are in force, ${clientsMoved} clients of unchanged rules were moved, and ${connectionsFailed} connections failed.`;
}
