import { isDeepStrictEqual } from 'node:util';
import type { RuleRecord } from '@limpet/contract';
import { type DesiredRule, type TableShape, tableOf } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { Certificates } from '../config/certificates.ts';
import { routerPaths } from '../config/paths.ts';
import { type ProxySpec, toProxySpecs } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { assignServerIds, type ServerIds } from '../config/server-ids.ts';
import { defaultSettings, type RouterSettings } from '../config/settings.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { assumedLiveState, serverIdsOf } from './assumed-live.ts';
import { disruptions, reloadDisruptions } from './disruptions.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { describeStep, planSteps, type Step } from './plan.ts';
import { reloadReason } from './reload-reason.ts';

/** What becomes of one rule, as Terraform shows it. */
export interface RuleExplanation {
  /** The rule's id, `ip:port`. */
  rule: string;
  /** `update` also for a rule that stays, and that HAProxy does not have as it should. */
  action: 'create' | 'update' | 'delete' | 'none';
  changes: FieldChange[];
  /** What is done for it at run time, a line each; nothing when a start or a reload brings all of it. */
  steps: string[];
  /** Why this rule needs a reload, with the fields; null: it needs none. */
  reload: string | null;
  /** Whose connections and whose clients feel it, a sentence each. */
  disturbs: string[];
}

/** A plan for people and programs. */
export interface PlanExplanation {
  /** In the order of their ids. */
  rules: RuleExplanation[];
  /** Why HAProxy is reloaded, or started; null: it is neither. */
  reload: string | null;
  /** What a reload does to the rules that do not change, a sentence each. */
  disturbs: string[];
  /** How often each action occurs. */
  summary: { create: number; update: number; delete: number; none: number };
}

/** What else is known, when it is. */
export interface ExplainOptions {
  /** What HAProxy runs, by `readLive`. Without it: what it would run, had it been given `before`; null: it is not running. */
  live?: LiveState | null;
  settings?: Partial<RouterSettings>;
  /** The router's folder: its paths are part of what HAProxy runs. Without it, HAProxy is taken to have read `before`. */
  dir?: string;
  /** Tables of rules without stickiness, by rule id, as a router has stored them (`Wanted.table`). */
  tables?: Readonly<Record<string, TableShape>>;
  /** As their files have them now; those that HAProxy has otherwise are read again. */
  certificates?: Certificates;
  /** As a router has stored them; without them, as `live` has them. */
  serverIds?: ServerIds;
}

type Rules = ReadonlyMap<string, ProxySpec>;

/** What it takes to come from the rules `before` to the rules `after`. Pure. */
export function explainPlan(
  before: readonly RuleRecord[],
  after: readonly RuleRecord[],
  options: ExplainOptions = {},
): PlanExplanation {
  const settings = { ...defaultSettings, ...options.settings };
  const paths = routerPaths(options.dir ?? '/var/lib/limpet');
  const [was, is] = specsOf(before, after, options);
  const configHashOf = (rules: Rules): string => renderFiles([...rules.values()], settings, paths).configHash;
  const live =
    options.live === undefined ? assumedLiveState([...was.values()], configHashOf(was), settings) : options.live;
  const seen = live && options.dir === undefined ? { ...live, configHash: configHashOf(was) } : live;
  const steps = planSteps([...is.values()], configHashOf(is), seen ?? undefined, {
    maxConnections: settings.maxConnections,
    ...(options.certificates && { certificates: options.certificates }),
  });

  const byRule = new Map<string, string[]>();
  for (const step of steps) {
    if ('rule' in step) byRule.set(step.rule, [...(byRule.get(step.rule) ?? []), describeStep(step)]);
  }
  const explain = (rule: string): RuleExplanation => {
    const [from, to] = [was.get(rule), is.get(rule)];
    const changes = fieldChanges(from?.rule, to?.rule);
    const own = byRule.get(rule) ?? [];
    return {
      rule,
      action: !from ? 'create' : !to ? 'delete' : changes.length + own.length > 0 ? 'update' : 'none',
      changes,
      steps: own,
      reload: live ? reloadReason(from, to, changes, paths) : null,
      disturbs: live ? disruptions(from?.rule, to?.rule, settings) : [],
    };
  };
  const rules = [...new Set([...was.keys(), ...is.keys()])].sort().map(explain);
  const reload = reloadOf(steps, rules, seen?.configHash === configHashOf(is));
  const count = (action: RuleExplanation['action']): number => rules.filter((rule) => rule.action === action).length;
  return {
    rules,
    reload,
    disturbs: live && reload !== null ? reloadDisruptions([...was.values()].map(({ rule }) => rule)) : [],
    summary: { create: count('create'), update: count('update'), delete: count('delete'), none: count('none') },
  };
}

function specsOf(
  before: readonly RuleRecord[],
  after: readonly RuleRecord[],
  { live, serverIds, tables }: ExplainOptions,
): [Rules, Rules] {
  const was = new Map(
    before.map((rule): [string, DesiredRule] => {
      const table = tables?.[ruleId(rule)];
      return [ruleId(rule), { rule, generation: 1, table: tableOf(rule, table && { table }) }];
    }),
  );
  const is = after.map((rule): DesiredRule => {
    const former = was.get(ruleId(rule));
    // The same rule by value is the same object, so that what follows from it compares as equal.
    const same = isDeepStrictEqual(former?.rule, rule) ? former : undefined;
    return same ?? { rule, generation: 1, table: tableOf(rule, former) };
  });
  const all = [...was.values(), ...is];
  const vms = new Map<string, string[]>();
  for (const { rule } of all) {
    const known = vms.get(ruleId(rule)) ?? [...(live?.servers.get(proxyName(rule))?.keys() ?? [])];
    vms.set(ruleId(rule), [...new Set([...known, ...rule.members.map(({ vm }) => vm)])]);
  }
  const ids = assignServerIds(
    serverIds ?? serverIdsOf(live ?? undefined, all),
    [...vms].map(([rule, names]) => ({ rule, vms: names })),
  );
  const byId = (wanted: readonly DesiredRule[]): Rules =>
    new Map(toProxySpecs(wanted, ids).map((spec) => [spec.id, spec]));
  return [byId([...was.values()]), byId(is)];
}

/** @param hasSkeleton what HAProxy runs is what it is to run, but for what somebody has done at run time */
function reloadOf(steps: readonly Step[], rules: readonly RuleExplanation[], hasStaticConfig: boolean): string | null {
  if (steps.some((step) => step.do === 'start')) return 'HAProxy is not running; it is started';
  const reload = steps.find((step) => step.do === 'reload');
  if (!reload) return null;
  const needed = rules.filter((rule) => rule.reload !== null);
  if (needed.length === 1) return `${needed[0]!.rule}: ${needed[0]!.reload}`;
  if (needed.length > 1) return `${needed.length} rules need one reload together`;
  return hasStaticConfig ? reload.reason : 'HAProxy runs another configuration than the one that was given to it';
}
