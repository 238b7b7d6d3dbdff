import { type CheckResult, renderTrace, check as run, traceToJson } from '@limpet/checker';
import { type Bug, type CheckModelOptions, checkModelSource, MOST_GROUPS_THAT_MOVE } from '@limpet/state-space';
import { modelBugCalled } from '../arguments/bug-names.ts';
import type { Context, OutputFormat } from '../context.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { json, table } from '../output/format.ts';
import { exitOnInterrupt } from '../output/interrupt.ts';
import { createProgress } from '../output/progress.ts';
import { checkComposition, compositionReport, compositionSummary, MOST_MEMBERS } from './check-composition.ts';
import { type ExportRequest, exportModel } from './export-model.ts';
import type { CompositionResult } from './judge-composition.ts';

/** Options of `limpet check`. */
export interface CheckFlags {
  /** Two when not given; with a bug, as few as show it. */
  groups?: number;
  /** As `groups`. */
  members?: number;
  threads: number;
  symmetry: boolean;
  bug?: string;
  export?: ExportRequest['format'];
  output: OutputFormat;
}

/** What is checked when nothing else is asked for. */
const whole: Bug['shownBy'] = { groups: 2, members: 2, addressesMove: true };

/** `limpet check`: visits every state of some groups that share a router, and shows a shortest run to what does not hold. */
export async function check(flags: CheckFlags, context: Context): Promise<void> {
  const { symmetry } = flags;
  const bug = flags.bug === undefined ? undefined : modelBugCalled(flags.bug);
  // A bug is shown in the smallest system that has it.
  const { groups, members, ...losses }: Bug['shownBy'] = bug?.shownBy ?? whole;
  const size = { groups: flags.groups ?? groups, members: flags.members ?? members };
  const options = { ...size, symmetry, bug: bug?.name, ...(size.groups <= MOST_GROUPS_THAT_MOVE ? losses : {}) };
  const format = flags.export;
  if (format) return context.stdout(withinBounds(() => exportModel({ format, given: flags, model: options })));
  const progress = createProgress(context.stderr);
  exitOnInterrupt(progress);
  const show = (line: string) => progress.show(line);
  const result = await checkWithinBounds(options, flags.threads, show);
  // The bugs are switches of the model of several groups.
  const composition = bug ? null : await checkOneGroup(options.members, show);
  progress.clear();
  const columns = context.stderr.columns ?? defaultColumns;
  if (flags.output === 'json')
    context.stdout(json({ ...summary(result, symmetry), composition: composition && compositionSummary(composition) }));
  else
    context.stdout(
      [
        report(result, { symmetry, columns, followed: composition !== null }),
        ...(composition ? [compositionReport(composition, columns)] : []),
      ].join('\n'),
    );
  context.exit(result.holds && composition?.holds !== false ? exitCodes.done : exitCodes.doesNotHold);
}

/** All properties of one group are checked on the composition itself. */
function checkOneGroup(members: number, show: (line: string) => void): Promise<CompositionResult> {
  return checkComposition(Math.min(members, MOST_MEMBERS), {
    onProgress: ({ states, depth }) => show(`one group as it runs: ${number(states)} states, depth ${depth}`),
  });
}

const defaultColumns = 160;

const number = (value: number): string => value.toLocaleString('en');

async function checkWithinBounds(
  options: CheckModelOptions,
  threads: number,
  show: (line: string) => void,
): Promise<CheckResult> {
  try {
    return await run(checkModelSource(options), {
      threads,
      // With a bug switched on, the counterexample is the result: the rest of the states would only take time.
      stopAtViolation: options.bug !== undefined,
      onProgress: ({ states, depth, seconds }) =>
        show(
          `${number(states)} states, depth ${depth}, ${number(Math.round(states / seconds))} states/s; --groups and --members bound it`,
        ),
    });
  } catch (error) {
    throw usageIfOutOfBounds(error);
  }
}

function withinBounds<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw usageIfOutOfBounds(error);
  }
}

/** The model throws a RangeError for numbers out of its bounds. */
const usageIfOutOfBounds = (error: unknown): unknown =>
  error instanceof RangeError ? new CliError('USAGE', error.message) : error;

/** The result for scripts. */
function summary({ exploration, invariants, liveness, counterexample }: CheckResult, symmetry: boolean) {
  const { model, states, transitions, seconds, statesPerSecond, bytesPerState, threads } = exploration;
  const run = counterexample && traceToJson(model, counterexample.trace);
  return {
    states,
    transitions,
    seconds,
    statesPerSecond,
    bytesPerState,
    symmetry,
    threads,
    // A run that ends at its first violation says of the other invariants only that they were not violated so far.
    checked: exploration.complete ? 'all states' : 'until the counterexample',
    invariants: invariants.map(({ name, holds }) => ({ name, holds })),
    // Null when it was not checked: an invariant was violated before all states were visited.
    liveness: { holds: liveness?.holds ?? null, bound: liveness?.bound ?? null },
    counterexample: run && { length: run.length, initial: run.initial, steps: run.steps, loopsFrom: run.loopsFrom },
  };
}

interface ReportOptions {
  readonly symmetry: boolean;
  readonly columns: number;
  /** The report on one group follows, which lists the same properties. */
  readonly followed: boolean;
}

/** The result for people. */
function report(result: CheckResult, { symmetry, columns, followed }: ReportOptions): string {
  const { exploration, invariants, liveness, counterexample } = result;
  const { model, states, transitions, depth, seconds, statesPerSecond, bytesPerState, threads, complete } = exploration;
  const verdict = (holds: boolean): string => (holds ? (complete ? 'holds' : 'not violated yet') : 'DOES NOT HOLD');
  const parts = [
    `${model.name}: ${number(states)} states, ${number(transitions)} transitions, depth ${depth}${symmetry ? ', up to symmetry' : ''}\n` +
      `${seconds.toFixed(2)} s on ${threads} thread(s): ${number(statesPerSecond)} states/s, ${bytesPerState.toFixed(1)} bytes a state\n`,
    result.holds && followed
      ? `the ${invariants.length} properties of states and steps that are listed below hold of each group\n`
      : table(
          ['', 'invariant', 'sentence'],
          invariants.map(({ name, sentence, holds }) => [verdict(holds), name, sentence]),
        ),
  ];
  if (liveness) parts.push(`liveness ${verdict(liveness.holds)}: ${livenessSentence(liveness)}\n`);
  if (counterexample) {
    const { property, trace } = counterexample;
    const upstream = invariants.find(({ name }) => name === property)?.upstream ?? [];
    parts.push(
      `${property}: ${trace.labels.length} steps, and there is no shorter run${upstream.length > 0 ? ` (as in ${upstream.join(', ')})` : ''}\n\n` +
        renderTrace(model, trace, { width: columns }),
    );
  }
  return parts.join('\n');
}

function livenessSentence({ holds, bound }: { holds: boolean; bound: number | null }): string {
  if (!holds) return 'faults stopped, some accepted change is never in force';
  const when = bound === null ? 'in the end' : `within ${bound} steps`;
  return `faults stopped and under strong fairness, every accepted change is in force ${when}`;
}
