/**
 * Plays a path on a test session, and compares after each step.
 *
 * @module
 */
import type { CommandResult } from '@limpet/contract';
import type { ConcreteStep } from '../concretize/concrete-step.ts';
import { concretize } from '../concretize/concretize.ts';
import { execute, type TestModel } from '../model/test-model.ts';
import { type Difference, differences, statusMismatches } from '../oracle/compare.ts';
import { ContinuityClients } from '../oracle/continuity-clients.ts';
import { type Observation, observe } from '../oracle/observe.ts';
import { ServerIds } from '../oracle/server-ids.ts';
import type { LastObservation, Tracer } from '../oracle/tracer.ts';
import type { TestSession } from '../sut/test-session.ts';

/** The first step after which the system under test differs from the model. */
export interface Failure {
  /** Which step of the path, from 0. */
  readonly at: number;
  readonly step: ConcreteStep;
  readonly differences: readonly Difference[];
  readonly observed: Observation;
}

/** How long a step took, in milliseconds: to act on the system under test, and to observe it. */
export interface Spent {
  readonly acting: number;
  readonly observing: number;
}

/** Options of {@link play}. */
export interface PlayOptions {
  /** Called after each step, up to the one that fails. */
  onStep?: (step: ConcreteStep, spent: Spent) => void;
  /** Records the trace. The path goes on after a failure until the tracer raises an alarm, since it only sees the trace. */
  tracer?: Tracer;
  /** Asked before each step: whether to stop here. */
  isOver?: () => boolean;
}

/** Plays a path from a wiped host up to the first failure; undefined when none. */
export async function play(
  session: TestSession,
  testModel: TestModel,
  path: readonly number[],
  options: PlayOptions = {},
): Promise<Failure | undefined> {
  const { onStep, tracer, isOver } = options;
  const running = new Set<string>();
  const witnesses = { continuity: new ContinuityClients(session.testBed), ids: new ServerIds() };
  let seen: LastObservation | undefined;
  let failure: Failure | undefined;
  await session.sut.wipe();
  tracer?.reset();
  try {
    for (const [at, step] of concretize(execute(testModel, path), testModel.port).entries()) {
      if (isOver?.()) return failure;
      const begin = performance.now();
      const found = await take(session, step, running);
      const acted = performance.now();
      if (isSeen(step)) {
        const observed = await observe(session, step.expected);
        found.push(...(await check(session, step, observed, witnesses)));
        seen = { observed, differences: found };
      }
      if (failure === undefined) onStep?.(step, { acting: acted - begin, observing: performance.now() - acted });
      tracer?.took(path[at]!, step.expected, seen);
      if (found.length > 0 && seen !== undefined) failure ??= { at, step, ...seen };
      if (failure !== undefined && (tracer === undefined || tracer.alarm !== undefined)) return failure;
    }
    return failure;
  } catch (error) {
    // An error after a failure must not hide the failure.
    if (failure !== undefined) return failure;
    throw error;
  } finally {
    await witnesses.continuity.leave();
    if (running.size > 0) await session.testBed.vms.destroy([...running]);
  }
}

/** Observers that compare with earlier steps. */
interface Witnesses {
  readonly continuity: ContinuityClients;
  readonly ids: ServerIds;
}

async function check({ sut }: TestSession, step: ConcreteStep, observed: Observation, { continuity, ids }: Witnesses) {
  const { expected, stimulus } = step;
  const found = differences(expected, observed, sut.traits.servesEmptyRules);
  if (stimulus.do === 'wipe') ids.forget();
  if (sut.traits.keepsServerIds) found.push(...ids.look(observed));
  found.push(...(await continuity.look(step)));
  if (!expected.reports) return found;
  const report = await sut.send({ type: 'reportRules' });
  return [...found, ...statusMismatches(expected, report, sut.traits.verifies)];
}

/** Whether the step can change what is observed. */
const isSeen = ({ stimulus, start, destroy }: ConcreteStep): boolean =>
  stimulus.do !== 'nothing' || start.length + destroy.length > 0;

async function take({ testBed, sut }: TestSession, step: ConcreteStep, running: Set<string>): Promise<Difference[]> {
  const { start, destroy, unblock, returning } = step;
  if (start.length > 0) await testBed.vms.start(start);
  for (const { vm } of start) running.add(vm);
  if (destroy.length > 0) await testBed.vms.destroy(destroy);
  for (const vm of destroy) running.delete(vm);
  for (const key of unblock) sut.unblock(key);
  const found = await stimulate(sut, step);
  for (const what of returning) testBed.take(what, false);
  return found;
}

async function stimulate(sut: TestSession['sut'], step: ConcreteStep): Promise<Difference[]> {
  const { stimulus } = step;
  switch (stimulus.do) {
    case 'nothing':
      return [];
    case 'send':
      if (stimulus.crashAfter !== undefined) await sut.crashDuring(stimulus.command, stimulus.crashAfter);
      return answered(
        step,
        stimulus.answers,
        await (stimulus.locked ? sut.sendLocked(stimulus.command) : sut.send(stimulus.command)),
      );
    case 'refuse':
      return answered(step, ['refused'], await sut.refuse(stimulus.command, stimulus.key));
    case 'lose':
    case 'regain':
      await sut[stimulus.do](stimulus.what);
      return [];
    default:
      await sut[stimulus.do]();
      return [];
  }
}

function answered(step: ConcreteStep, answers: readonly string[], { outcome }: CommandResult): Difference[] {
  if (answers.includes(outcome)) return [];
  return [{ check: 'answer', of: step.sentence, expected: answers.join(' or '), observed: outcome }];
}
