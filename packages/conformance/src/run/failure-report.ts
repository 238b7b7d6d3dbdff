import { ruleId } from '@limpet/router';
import type { PlannedOperation } from '../changes/operation.ts';
import { type FailingOperations, observationsOf } from '../changes/run-changes.ts';
import { describePosition } from '../model/describe-position.ts';
import { type AbstractStep, abstractStepsOf, execute } from '../model/test-model.ts';
import type { Difference } from '../oracle/compare.ts';
import { expectedObservation, noObservation, type RuleObservation } from '../oracle/rule-observation.ts';
import { regressions } from '../suites/regressions.ts';
import type { Suite } from '../suites/suites.ts';
import type { Failure } from './play.ts';
import type { FailingPath } from './shrink.ts';

/** What `limpet conform --replay` reads. */
export interface ReplayFile {
  /** A kind of router, or the name of a third party's. */
  router: string;
  dataPlane: 'real' | 'memory';
  bug?: string | undefined;
  /** Of the HAProxy in memory. */
  haproxyVersion?: string | undefined;
  groups: number;
  members: number;
  port: number;
  /** The path from a wiped host. */
  moves: readonly AbstractStep[];
}

/** What `limpet conform --replay` reads of a failure of the suite `changes`. */
export interface ChangesReplay {
  router: string;
  dataPlane: 'real' | 'memory';
  bug?: string | undefined;
  /** Of the HAProxy in memory. */
  haproxyVersion?: string | undefined;
  /** The path from a wiped host. */
  operations: readonly PlannedOperation[];
}

/** A failure for people and scripts. The keys are part of the JSON output. */
export interface FailureReport {
  /** The steps, in words; the last one fails. */
  path: string[];
  /** The differences, in words. */
  sentences: string[];
  /** The regression that failed: where it was reported, and what must hold. */
  story?: string;
  /** Everything that was observed, as the model expects it. */
  expected: Record<string, string>;
  /** The same, as it was observed. */
  observed: Record<string, string>;
  /** The model's state, lane by lane. */
  model: Record<string, string>;
  /** The same before the first step, and after each; none of the suite `changes`, whose paths are not the model's. */
  states: Record<string, string>[];
  replay: ReplayFile | ChangesReplay;
}

/** Makes the report of a failing path. */
export function reportFailure(
  suite: Pick<Suite, 'testModel' | 'suite' | 'about'>,
  { path, failure }: FailingPath,
  how: Omit<ReplayFile, 'groups' | 'members' | 'port' | 'moves'>,
): FailureReport {
  const { testModel } = suite;
  const { groups, members, port } = testModel;
  const { differences } = failure;
  const { router, dataPlane, bug, haproxyVersion } = how;
  const steps = execute(testModel, path);
  const regression =
    suite.suite === 'stories' ? regressions.find(({ upstream }) => upstream === suite.about) : undefined;
  return {
    path: steps.map(({ sentence }) => sentence),
    sentences: differences.map(sentenceOf),
    ...(regression !== undefined && { story: `${regression.upstream}: ${regression.sentence}` }),
    ...sideBySide(failure),
    model: describePosition(steps.at(-1)!.after),
    states: [steps[0]!.before, ...steps.map(({ after }) => after)].map(describePosition),
    replay: {
      router,
      dataPlane,
      ...(bug !== undefined && { bug }),
      ...(haproxyVersion !== undefined && { haproxyVersion }),
      groups,
      members,
      port,
      moves: abstractStepsOf(testModel, path),
    },
  };
}

/** Makes the report of a failing path of the suite `changes`. */
export const reportOperations = (
  { path, failure }: FailingOperations,
  { router, dataPlane, bug, haproxyVersion }: Omit<ChangesReplay, 'operations'>,
): FailureReport => ({
  path: path.map(({ sentence }) => sentence),
  sentences: failure.differences.map(sentenceOf),
  ...observationsOf(failure),
  model: {},
  states: [],
  replay: {
    router,
    dataPlane,
    ...(bug !== undefined && { bug }),
    ...(haproxyVersion !== undefined && { haproxyVersion }),
    operations: path,
  },
});

/** A difference in words. */
const sentenceOf = ({ check, of, expected, observed }: Difference): string =>
  `${of}: ${check}: expected ${expected}, observed ${observed}`;

function sideBySide({ step, observed }: Failure): Pick<FailureReport, 'expected' | 'observed'> {
  const { rules, alive } = step.expected;
  const expected: Record<string, string> = {};
  const seen: Record<string, string> = {};
  for (const { key, installed } of rules) {
    const id = ruleId(key);
    const wanted = installed === undefined ? noObservation : expectedObservation(installed.rule, alive);
    const observation = observed.rules[id] ?? noObservation;
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(observation)])] as (keyof RuleObservation)[];
    for (const name of names) {
      expected[`${id} ${name}`] = textOf(wanted[name]);
      seen[`${id} ${name}`] = textOf(observation[name]);
    }
  }
  return { expected, observed: seen };
}

const textOf = (value: string | readonly string[] | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : value.join(', ') || 'none';
