/**
 * Plays the suite `changes` with several workers, and makes a failing path shorter.
 *
 * @module
 */
import { ruleId } from '@limpet/router';
import { expectedObservation, noObservation } from '../oracle/rule-observation.ts';
import { STEP_KINDS, type StepKind, shareAtRuntime } from '../sut/steps-seen.ts';
import type { TestSession } from '../sut/test-session.ts';
import type { Operation, PlannedOperation } from './operation.ts';
import { planChanges } from './plan-changes.ts';
import { type ChangesFailure, playChanges } from './play-changes.ts';

/** A path that ends with its failure. */
export interface FailingOperations {
  readonly path: readonly PlannedOperation[];
  readonly failure: ChangesFailure;
}

/** What was played. */
export interface ChangesRun {
  readonly goals: number;
  readonly covered: number;
  readonly steps: number;
  /** Share of what the router did to HAProxy that went without a start or a reload, from 0 to 1. */
  readonly atRuntime: number;
  readonly failure: (FailingOperations & { readonly session: TestSession }) | undefined;
}

/** Is told of each operation: its kind, and its milliseconds. */
export type OnOperation = (kind: string, ms: number, steps: number, whole: number) => void;

const STEPS: ReadonlySet<string> = new Set(STEP_KINDS);

/** Limit of the plays that make a failing path shorter, which cost the time. */
const MOST_PLAYS = 60;

/** Plays all paths of the suite up to the first failure. */
export async function runChanges(sessions: readonly TestSession[], onOperation: OnOperation): Promise<ChangesRun> {
  const plan = planChanges(sessions[0]!.testBed.kind, sessions[0]!.testBed.haproxy);
  const whole = plan.paths.reduce((sum, path) => sum + path.length, 0);
  const waiting = [...plan.paths];
  const covered = new Set<string>();
  const all: StepKind[] = [];
  let steps = 0;
  let found: (FailingOperations & { session: TestSession }) | undefined;
  const worker = async (session: TestSession): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined && found === undefined; path = waiting.shift()) {
      const current = path;
      const failure = await playChanges(session, operationsOf(current), {
        isOver: () => found !== undefined,
        onOperation: (at, taken, ms) => {
          const { operation, goals } = current[at]!;
          for (const goal of goals) if (isMet(goal, taken)) covered.add(goal);
          all.push(...taken);
          steps += 1;
          onOperation(`operation: ${operation.do}`, ms, steps, whole);
        },
      });
      if (failure !== undefined) found ??= { path: current.slice(0, failure.at + 1), failure, session };
    }
  };
  await Promise.all(sessions.map(worker));
  return {
    goals: plan.goals.size,
    covered: covered.size,
    steps,
    atRuntime: shareAtRuntime(all),
    failure: found,
  };
}

const operationsOf = (path: readonly PlannedOperation[]): Operation[] => path.map(({ operation }) => operation);

/** A goal that names a step is met when the router was seen to take it, and no other; another one when it was played. */
function isMet(goal: string, taken: readonly StepKind[]): boolean {
  const step = goal.split(', then ').at(-1)!;
  return !STEPS.has(step) || (taken.length > 0 && taken.every((one) => one === step));
}

/** Removes operations as long as the path fails by the same checks (delta debugging, Zeller and Hildebrandt 2002). */
export async function shrinkOperations({
  session,
  ...found
}: FailingOperations & { session: TestSession }): Promise<FailingOperations> {
  const checks = checksOf(found.failure);
  let best: FailingOperations = found;
  let plays = 0;
  for (let size = Math.floor(best.path.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.path.length - 1 - size; at >= 0 && plays < MOST_PLAYS; at -= size, plays++) {
      const path = best.path.toSpliced(at, size);
      const failure = await playChanges(session, operationsOf(path));
      if (failure !== undefined && checksOf(failure) === checks)
        best = { path: path.slice(0, failure.at + 1), failure };
    }
  }
  return { path: best.path, failure: best.failure };
}

const checksOf = ({ differences }: ChangesFailure): string =>
  [...new Set(differences.map(({ check }) => check))].sort().join();

/** What was expected of each rule, and what was observed, by rule and field. */
export function observationsOf({
  expected,
  observed,
}: ChangesFailure): Record<'expected' | 'observed', Record<string, string>> {
  const texts = { expected: {}, observed: {} } as Record<'expected' | 'observed', Record<string, string>>;
  for (const { key, installed } of expected.rules) {
    const id = ruleId(key);
    const wanted = installed === undefined ? noObservation : expectedObservation(installed.rule, expected.alive);
    for (const [side, of] of [
      ['expected', wanted],
      ['observed', observed.rules[id] ?? noObservation],
    ] as const)
      for (const [name, value] of Object.entries(of))
        texts[side][`${id} ${name}`] = [value].flat().join(', ') || 'none';
    for (const name of Object.keys(texts.observed)) texts.expected[name] ??= '';
    for (const name of Object.keys(texts.expected)) texts.observed[name] ??= '';
  }
  return texts;
}
