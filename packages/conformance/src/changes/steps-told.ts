/**
 * What `limpet plan` says that a change needs, and what the router then did.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import {
  describeExplanation,
  explainPlan,
  inspectRouter,
  type PlanExplanation,
  type RouterSettings,
  tablesOf,
} from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import type { StepKind } from '../sut/steps-seen.ts';
import type { TestBed } from '../sut/test-bed.ts';

/** What a step is called in a plan. */
const SAID: readonly (readonly [RegExp, StepKind])[] = [
  [/^add server \S+ [\d.]+:\d+ id \d+ weight \d+/, 'add-server'],
  [/^server \S+ moves to [\d.]+:\d+$/, 'set-addr'],
  [/^server \S+ (drains|serves with weight \d+)$/, 'set-weight'],
  [/^server \S+ is checked$/, 'enable-health'],
  [/^server \S+ leaves maintenance$/, 'set-ready'],
  [/^server \S+ (goes into maintenance|takes no more connections)$/, 'set-maint'],
  [/^stickiness (source|none)$/, 'set-map'],
  [/^at most \d+ connections$/, 'set-maxconn'],
  [/^takes clients again$/, 'enable-frontend'],
  [/^certificate \S+ is read again$/, 'update-certificate'],
];

/** The plan for these rules, as `limpet plan` makes it. */
export async function planFor(
  testBed: TestBed,
  rules: readonly RuleRecord[],
  settings: Partial<RouterSettings>,
): Promise<PlanExplanation> {
  const { dataPlane, dir } = testBed.host();
  const snapshot = await inspectRouter({ dataPlane, dir }, rules);
  const { live } = snapshot.observed;
  return explainPlan(
    Object.values(snapshot.programmed).map(({ rule }) => rule),
    rules,
    {
      dir,
      settings,
      live: live ?? null,
      serverIds: snapshot.serverIds,
      tables: tablesOf(snapshot),
      certificates: snapshot.certificates,
    },
  );
}

/** Compares the plan with the steps that were seen. */
export function stepsTold(plan: PlanExplanation, seen: readonly StepKind[]): Difference[] {
  const lines = plan.rules.flatMap(({ steps }) => steps);
  const told = lines.map((line) => SAID.find(([pattern]) => pattern.test(line))?.[1] ?? `"${line}"`);
  const expected = plan.reload === null ? told.sort().join(', ') : 'reload';
  const observed = [...seen].sort().join(', ');
  const text = describeExplanation(plan);
  const silent = lines.filter((line) => !text.includes(`    at run time: ${line}\n`));
  return [
    ...(expected === observed ? [] : [{ check: 'plan', of: 'the rules', expected, observed }]),
    ...silent.map((line) => ({ check: 'plan', of: 'its text', expected: line, observed: text })),
  ];
}
