/**
 * What `limpet plan` says that a change needs, and what the router then did.
 *
 * @module
 */
import type { RuleRecord } from '@limpet/contract';
import { explainPlan, inspectRouter, type PlanExplanation, type RouterSettings, tablesOf } from '@limpet/router';
import type { Difference } from '../oracle/compare.ts';
import type { StepKind } from '../sut/steps-seen.ts';
import type { TestBed } from '../sut/test-bed.ts';
import { planTold, type ToldChange } from './plan-told.ts';

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

/** Plans of one change: as `limpet plan` makes it on the router's host, and as it is made of the rules alone. */
export interface Plans {
  readonly change: ToldChange;
  readonly plan: PlanExplanation;
  /** Without what HAProxy has now, and without its paths. */
  readonly blind: readonly PlanExplanation[];
}

/** The plans for these rules. */
export async function plansFor(
  testBed: TestBed,
  after: readonly RuleRecord[],
  settings: Partial<RouterSettings>,
): Promise<Plans> {
  const { dataPlane, dir } = testBed.host();
  const snapshot = await inspectRouter({ dataPlane, dir }, after);
  const { serverIds, certificates, observed, haproxy } = snapshot;
  const before = Object.values(snapshot.programmed).map(({ rule }) => rule);
  const options = { settings, haproxy, serverIds, tables: tablesOf(snapshot) };
  return {
    change: {
      before,
      after,
      drainDeadlineMs: settings.drainDeadlineMs ?? 0,
      isRunning: observed.live !== undefined,
      haproxy,
    },
    plan: explainPlan(before, after, { ...options, dir, certificates, live: observed.live ?? null }),
    // Up to 2.5, a member that left and comes back finds its server in HAProxy, of which only the live state tells.
    blind: haproxy.supported.has('dynamicServers')
      ? [explainPlan(before, after, { ...options, dir }), explainPlan(before, after, options)]
      : [],
  };
}

/** Compares plans with the rules, and with the steps that were seen. */
export function stepsTold({ plan, blind, change }: Plans, seen: readonly StepKind[]): Difference[] {
  const observed = [...seen].sort().join(', ');
  const found = planTold(plan, change);
  for (const each of [plan, ...(change.isRunning ? blind : [])]) {
    const lines = each.rules.flatMap(({ steps }) => steps);
    const told = lines.map((line) => SAID.find(([pattern]) => pattern.test(line))?.[1] ?? `"${line}"`);
    const whole = change.isRunning ? 'reload' : 'start';
    const expected = each.reload === null ? told.sort().join(', ') : whole;
    if (expected !== observed) found.push({ check: 'plan', of: 'the steps', expected, observed });
    const texts = [each, plan].map(({ rules, reload }) => JSON.stringify([rules, reload]));
    if (texts[0] !== texts[1])
      found.push({ check: 'plan', of: 'one that is made blind', expected: texts[1]!, observed: texts[0]! });
  }
  return found;
}
