import { isDeepStrictEqual } from 'node:util';
import type { PutRule, RemoveRule, RuleRecord } from '@limpet/contract';
import {
  type Drift,
  defaultSettings,
  explainPlan,
  type PlanExplanation,
  type RouterSnapshot,
  type RuleExplanation,
  readBack,
  ruleId,
  tablesOf,
} from '@limpet/router';
import type { Source } from './desired-state.ts';
import { RulesError } from './errors.ts';
import { keptRules, refusalsOf } from './unreadable-rules.ts';

/** What an apply would change. */
export interface Changes extends PlanExplanation {
  /** Whether there is anything to change; refused rules do not count. */
  changes: boolean;
  /** Other work, such as repairing drift; a sentence each. */
  also: string[];
  /** Rules that the router would refuse. */
  refusals: { rule: string; reason: string; message: string }[];
}

/**
 * Compares what is desired with what the router in `dir` was given last and with what runs there now. Pure.
 *
 * @throws RulesError `NOT_RESPONDING` when HAProxy can neither be read nor changed
 */
export function changesTo(
  { rules: readable, unreadable, settings: told }: Pick<Source, 'rules' | 'unreadable' | 'settings'>,
  snapshot: RouterSnapshot,
  dir: string,
): Changes {
  if (snapshot.observed.notResponding) throw new RulesError('NOT_RESPONDING', [snapshot.observed.notResponding]);
  const settings = { ...defaultSettings, ...told };
  const rules = [...readable, ...keptRules(unreadable, snapshot)];
  const before = Object.values(snapshot.programmed).map(({ rule }) => rule);
  const {
    certificates,
    haproxy,
    observed: { live = null },
    serverIds,
  } = snapshot;
  const { rules: found, drift } = readBack(snapshot, rules, dir, settings);
  const findings = [...found].flatMap(([rule, finding]) => (finding ? [{ rule, ...finding }] : []));
  const refusals = findings.filter(({ kind }) => kind === 'refused');
  const open = findings.filter(({ kind }) => kind !== 'refused' && kind !== 'standby');
  const after = served(rules, new Set(refusals.map(({ rule }) => rule)), snapshot);
  const plan = explainPlan(before, after, {
    ...{ live, dir, serverIds, certificates, settings, haproxy },
    formerSettings: snapshot.settings,
    tables: tablesOf(snapshot),
  });
  // A start repairs all drift anyway, and a router without rules has none.
  const canDrift = snapshot.observed.processes !== undefined && rules.length + before.length > 0;
  const repairs = canDrift ? [...drift.all, ...driftBesidePlan(plan, drift)] : [];
  const unverified = findings
    .filter(({ kind }) => kind === 'unverified')
    .map(({ rule, message }) => `${rule}: ${message}`);
  const also = [...repairs, ...unverified, ...abandonedRequests(rules, snapshot)];
  return {
    changes:
      open.length > 0 ||
      plan.rules.some(isTouched) ||
      (plan.settings.length > 0 && rules.length > 0) ||
      also.length > 0,
    ...plan,
    also,
    refusals: [...refusals.map(({ rule, reason, message }) => ({ rule, reason, message })), ...refusalsOf(unreadable)],
  };
}

/** The rules after an apply: a refused rule stays as it was programmed, or absent. */
const served = (
  rules: readonly RuleRecord[],
  refused: ReadonlySet<string>,
  { programmed }: RouterSnapshot,
): RuleRecord[] =>
  rules.flatMap((rule) => (refused.has(ruleId(rule)) ? (programmed[ruleId(rule)]?.rule ?? []) : [rule]));

/** The drift of rules that the plan does not touch. */
function driftBesidePlan({ rules }: PlanExplanation, drift: Drift): string[] {
  const planned = new Set(rules.filter(isTouched).map(({ rule }) => rule));
  return [...drift.rules].filter(([id]) => !planned.has(id)).map(([id, changed]) => `${id}: ${changed.join('; ')}`);
}

const isTouched = ({ action, steps }: RuleExplanation): boolean => action !== 'none' || steps.length > 0;

/** Rules that were requested before, did not reach HAProxy, and are not what is requested now. */
function abandonedRequests(rules: readonly RuleRecord[], { programmed, wanted }: RouterSnapshot): string[] {
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

/**
 * The commands that make a router serve exactly these rules; one that cannot be read stays as it is. A rule that was requested in the same form keeps its
 * generation. Pure.
 */
export function commandsFor(
  { rules, unreadable }: Pick<Source, 'rules' | 'unreadable'>,
  snapshot: Pick<RouterSnapshot, 'wanted' | 'programmed' | 'generation'>,
): (PutRule | RemoveRule)[] {
  let { generation } = snapshot;
  const named = new Set([...rules, ...unreadable.map(({ key }) => key)].map(ruleId));
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
