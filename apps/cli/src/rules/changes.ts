import { isDeepStrictEqual } from 'node:util';
import type { PutRule, RemoveRule, RuleRecord } from '@limpet/contract';
import {
  type Drift,
  explainPlan,
  type PlanExplanation,
  type RouterSnapshot,
  type RuleExplanation,
  readBack,
  ruleId,
  tablesOf,
} from '@limpet/router';
import { exitCodes } from '../exit-codes.ts';
import { RulesError } from './errors.ts';

/** What an apply would do. */
export interface Changes extends PlanExplanation {
  /** False: there is nothing to do; what would be refused apart. */
  changes: boolean;
  /** What else there is to do, a sentence each. */
  also: string[];
  /** Rules that the router would not serve. */
  refusals: { rule: string; reason: string; message: string }[];
}

/**
 * What it takes to bring the router in `dir` from what it was given last, and is there now, to `rules`. Pure.
 *
 * @throws RulesError `NOT_RESPONDING`: HAProxy cannot be read, nor brought anywhere.
 */
export function changesTo(rules: readonly RuleRecord[], snapshot: RouterSnapshot, dir: string): Changes {
  if (snapshot.observed.notResponding) throw new RulesError('NOT_RESPONDING', [snapshot.observed.notResponding]);
  const before = Object.values(snapshot.programmed).map(({ rule }) => rule);
  const {
    certificates,
    observed: { live = null },
    serverIds,
  } = snapshot;
  const { rules: found, drift } = readBack(snapshot, rules, dir);
  const findings = [...found].flatMap(([rule, finding]) => (finding ? [{ rule, ...finding }] : []));
  const refusals = findings.filter(({ kind }) => kind === 'refused');
  const after = served(rules, new Set(refusals.map(({ rule }) => rule)), snapshot);
  const plan = explainPlan(before, after, { live, dir, serverIds, certificates, tables: tablesOf(snapshot) });
  // A start brings everything anyway; and without rules there need not be anything.
  const isMending = snapshot.observed.processes !== undefined && rules.length + before.length > 0;
  const mends = isMending ? [...drift.all, ...untold(plan, drift)] : [];
  const unverified = findings
    .filter(({ kind }) => kind === 'unverified')
    .map(({ rule, message }) => `${rule}: ${message}`);
  const also = [...mends, ...unverified, ...unsettled(rules, snapshot)];
  return {
    changes: findings.length > refusals.length || plan.rules.some(isTouched) || also.length > 0,
    ...plan,
    also,
    refusals: refusals.map(({ rule, reason, message }) => ({ rule, reason, message })),
  };
}

/** As `apply` would end: an error where a rule would be refused. */
export function exitCodeOf({ changes, refusals }: Changes): number {
  if (refusals.length > 0) return exitCodes.doesNotHold;
  return changes ? exitCodes.changes : exitCodes.done;
}

/** What becomes of a rule that is refused: it stays as it is there, or away. */
const served = (
  rules: readonly RuleRecord[],
  refused: ReadonlySet<string>,
  { programmed }: RouterSnapshot,
): RuleRecord[] =>
  rules.flatMap((rule) => (refused.has(ruleId(rule)) ? (programmed[ruleId(rule)]?.rule ?? []) : [rule]));

/** Drift of rules of which the plan says nothing. */
function untold({ rules }: PlanExplanation, drift: Drift): string[] {
  const told = new Set(rules.filter(isTouched).map(({ rule }) => rule));
  return [...drift.rules].filter(([id]) => !told.has(id)).map(([id, changed]) => `${id}: ${changed.join('; ')}`);
}

const isTouched = ({ action, steps }: RuleExplanation): boolean => action !== 'none' || steps.length > 0;

/** What was asked for before, HAProxy was not given, and is not what is asked for now. */
function unsettled(rules: readonly RuleRecord[], { programmed, wanted }: RouterSnapshot): string[] {
  const asked = new Map(rules.map((rule) => [ruleId(rule), rule]));
  const abandoned = Object.keys(wanted).filter((id) => !asked.has(id) && !programmed[id]);
  const stays = [...asked].filter(
    ([id, rule]) => isDeepStrictEqual(programmed[id]?.rule, rule) && !isDeepStrictEqual(wanted[id]?.rule, rule),
  );
  return [
    ...abandoned.map((id) => `${id}: was asked for, is not in force, and is not asked for any more`),
    ...stays.map(([id]) => `${id}: another version was asked for, and is not in force`),
  ];
}

/** The commands that say `rules` to a router: a rule that is as it was wanted keeps its generation. Pure. */
export function commandsFor(rules: readonly RuleRecord[], snapshot: RouterSnapshot): (PutRule | RemoveRule)[] {
  let { generation } = snapshot;
  const named = new Set(rules.map(ruleId));
  const puts = rules.map((rule): PutRule => {
    const known = snapshot.wanted[ruleId(rule)];
    const same = known !== undefined && isDeepStrictEqual(known.rule, rule);
    return { type: 'putRule', rule, generation: same ? known.generation : ++generation };
  });
  const gone = [...Object.values(snapshot.wanted), ...Object.values(snapshot.programmed)].filter(
    ({ rule }) => !named.has(ruleId(rule)),
  );
  const keys = new Map(gone.map(({ rule: { ip, port } }) => [`${ip}:${port}`, { ip, port }]));
  return [
    ...puts,
    ...[...keys.values()].map((key): RemoveRule => ({ type: 'removeRule', key, generation: ++generation })),
  ];
}
