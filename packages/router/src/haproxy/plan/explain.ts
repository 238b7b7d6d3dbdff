import { isDeepStrictEqual } from 'node:util';
import { canonicalRule, type HaproxySettings, type RuleRecord } from '@limpet/contract';
import type { Capabilities } from '@limpet/haproxy';
import { type DesiredRule, type TableShape, tableOf } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { Certificates } from '../config/certificates.ts';
import { defaultHaproxy } from '../config/default-haproxy.ts';
import { routerPaths } from '../config/paths.ts';
import { type ProxySpec, toSharedSpecs } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { assignServerIds, numberingOf, type ServerIds } from '../config/server-ids.ts';
import { defaultSettings, type RouterSettings, settingsTold } from '../config/settings.ts';
import type { LiveState } from '../runtime/live-state.ts';
import { assumedLiveState, serverIdsOf } from './assumed-live.ts';
import { disruptions, reloadDisruptions } from './disruptions.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { describeStep, planSteps, type Step } from './plan.ts';
import { reloadReason, staticTextOf } from './reload-reason.ts';
import { serverReload } from './server-reload.ts';
import { settingsChanges, settingsDisruptions } from './settings-changes.ts';

/** What a plan does to one rule, in Terraform's words. */
export interface RuleExplanation {
  /** The rule's id, `ip:port`. */
  rule: string;
  /** `update` also for a rule that does not change, and whose live state has drifted. */
  action: 'create' | 'update' | 'delete' | 'none';
  changes: FieldChange[];
  /** Its steps at run time, a line each; none when a start or a reload brings the whole rule. */
  steps: string[];
  /** Why this rule needs a reload, with the fields; null when it needs none. */
  reload: string | null;
  /** The connections and clients that it disrupts, a sentence each. */
  disturbs: string[];
}

/** A plan in a form for people and for programs (`limpet plan -o json`). */
export interface PlanExplanation {
  /** Sorted by rule id. */
  rules: RuleExplanation[];
  /** Why HAProxy is reloaded or started; null when it is neither. */
  reload: string | null;
  /** How the settings change. */
  settings: FieldChange[];
  /** How a reload disrupts rules that do not change, a sentence each. */
  disturbs: string[];
  /** How often each action occurs. */
  summary: { create: number; update: number; delete: number; none: number };
}

/** What is known of the router beside its rules. */
export interface ExplainOptions {
  /** HAProxy's live state; undefined: as if HAProxy had been given `before`; null: HAProxy is not running. */
  live?: LiveState | null;
  settings?: Partial<RouterSettings>;
  /** What HAProxy was told beside `before`; without it, the same as `settings`. */
  formerSettings?: HaproxySettings;
  /**
   * The router's folder, since its paths are in the configuration. Without it, the plan assumes that HAProxy has read
   * `before`.
   */
  dir?: string;
  /** Tables of rules without stickiness, by rule id, as a router has stored them (`DesiredRule.table`). */
  tables?: Readonly<Record<string, TableShape>>;
  /** Certificates as their files have them now; the plan updates those that HAProxy has in another version. */
  certificates?: Certificates;
  /** Server ids as a router has stored them; without them, those of `live`. */
  serverIds?: ServerIds;
  /** What HAProxy can do. Default: what Debian 12's can. */
  haproxy?: Capabilities;
}

type Rules = ReadonlyMap<string, ProxySpec>;

/** The plan from the rules `before` to the rules `after`. Pure. */
export function explainPlan(
  before: readonly RuleRecord[],
  after: readonly RuleRecord[],
  options: ExplainOptions = {},
): PlanExplanation {
  const settings = { ...defaultSettings, ...options.settings };
  const paths = routerPaths(options.dir ?? '/var/lib/limpet');
  const { haproxy = defaultHaproxy } = options;
  const [was, is] = specsOf(before.map(canonicalRule), after.map(canonicalRule), options);
  const told = options.formerSettings ? settingsTold(settings, options.formerSettings) : settings;
  const changedSettings = settingsChanges(told, settings);
  // The same object, where nothing changes: texts of rules are cached by it.
  const formerSettings = changedSettings.length > 0 ? told : settings;
  const hashBefore = () => renderFiles([...was.values()], formerSettings, paths, haproxy).configHash;
  const hashAfter = renderFiles([...is.values()], settings, paths, haproxy).configHash;
  const live =
    options.live === undefined ? assumedLiveState([...was.values()], hashBefore(), formerSettings) : options.live;
  const assumed = live && options.dir === undefined ? { ...live, configHash: hashBefore() } : live;
  const steps = planSteps([...is.values()], hashAfter, assumed ?? undefined, {
    maxConnections: settings.maxConnections,
    haproxy,
    ...(options.certificates && { certificates: options.certificates }),
  });

  const byRule = new Map<string, string[]>();
  for (const step of steps) {
    if ('rule' in step) byRule.set(step.rule, [...(byRule.get(step.rule) ?? []), describeStep(step)]);
  }
  const staticText = staticTextOf(paths, settings, haproxy);
  const reloadForServers = (to: ProxySpec | undefined): string | null =>
    (to && serverReload(to, live?.servers.get(to.proxy) ?? new Map(), haproxy)) ?? null;
  const explain = (rule: string): RuleExplanation => {
    const [from, to] = [was.get(rule), is.get(rule)];
    const changes = fieldChanges(from?.rule, to?.rule);
    const own = byRule.get(rule) ?? [];
    return {
      rule,
      action: !from ? 'create' : !to ? 'delete' : changes.length + own.length > 0 ? 'update' : 'none',
      changes,
      steps: own,
      reload: live ? (reloadReason(from, to, changes, staticText) ?? reloadForServers(to)) : null,
      disturbs: live ? disruptions(from?.rule, to?.rule, settings) : [],
    };
  };
  const rules = [...new Set([...was.keys(), ...is.keys()])].sort().map(explain);
  const reload = reloadOf(steps, rules, changedSettings, assumed?.configHash === hashAfter);
  const count = (action: RuleExplanation['action']): number => rules.filter((rule) => rule.action === action).length;
  return {
    rules,
    reload,
    settings: changedSettings,
    disturbs:
      live && reload !== null
        ? [...reloadDisruptions([...was.values()].map(({ rule }) => rule)), ...settingsDisruptions(changedSettings)]
        : [],
    summary: { create: count('create'), update: count('update'), delete: count('delete'), none: count('none') },
  };
}

function specsOf(
  before: readonly RuleRecord[],
  after: readonly RuleRecord[],
  { live, serverIds, settings, tables }: ExplainOptions,
): [Rules, Rules] {
  const was = new Map(
    before.map((rule): [string, DesiredRule] => {
      const table = tables?.[ruleId(rule)];
      return [ruleId(rule), { rule, generation: 1, table: tableOf(rule, table && { table }) }];
    }),
  );
  const is = after.map((rule): DesiredRule => {
    const former = was.get(ruleId(rule));
    // Equal rules become the same object, so that what is derived from them compares as equal.
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
    numberingOf({ ...defaultSettings, ...settings }),
  );
  const byId = (specs: readonly ProxySpec[]): Rules => new Map(specs.map((spec) => [spec.id, spec]));
  const [former, next] = toSharedSpecs([...was.values()], is, ids);
  return [byId(former), byId(next)];
}

/**
 * @param hasStaticConfig whether HAProxy runs the desired static configuration: it can differ only in runtime changes.
 */
function reloadOf(
  steps: readonly Step[],
  rules: readonly RuleExplanation[],
  settings: readonly FieldChange[],
  hasStaticConfig: boolean,
): string | null {
  if (steps.some((step) => step.do === 'start')) return 'HAProxy is not running; it is started';
  const reload = steps.find((step) => step.do === 'reload');
  if (!reload) return null;
  if (settings.length > 0) return `the settings change: ${settings.map(({ field }) => field).join(', ')}`;
  const needed = rules.filter((rule) => rule.reload !== null);
  if (needed.length === 1) return `${needed[0]!.rule}: ${needed[0]!.reload}`;
  if (needed.length > 1) return `${needed.length} rules need one reload together`;
  return hasStaticConfig ? reload.reason : 'HAProxy runs another configuration than the one that was given to it';
}
