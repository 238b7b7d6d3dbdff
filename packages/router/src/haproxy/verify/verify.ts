import { isDeepStrictEqual } from 'node:util';
import type { RuleRecord, RuleStatus } from '@limpet/contract';
import {
  type ConditionUpdate,
  conditionFalse,
  conditionTrue,
  type conditionTypes,
  withConditions,
} from '../../conditions.ts';
import { bindingOf } from '../../drain-rules.ts';
import { keyOf, ruleId } from '../../names.ts';
import { remainingCapacity } from '../admission/capacity.ts';
import { conflictsOfNewRules, sharedPort } from '../admission/port-conflicts.ts';
import type { Refusal } from '../admission/refusal.ts';
import { validateRule } from '../admission/validate-rule.ts';
import { routerPaths } from '../config/paths.ts';
import { type ProxySpec, takesClients, toProxySpecs } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { defaultSettings, type RouterSettings } from '../config/settings.ts';
import { notRespondingReason } from '../runtime/not-responding.ts';
import { type Drift, driftOf } from './drift.ts';
import type { RouterLocation, RouterSnapshot } from './inspect.ts';
import { probeAffinity } from './probe.ts';

/** Why a rule is not in force. */
export interface Finding extends Refusal {
  /** The router would not serve the rule; has it, and it is not wanted; lacks something of it; or did not prove it. */
  kind: 'refused' | 'unwanted' | 'lacking' | 'unverified';
}

/** What can be read of a router. */
export interface ReadBack {
  /**
   * Each rule that is wanted, and each that is there and is not, by its id: undefined where it is as it was when it was
   * last proved to be in force.
   */
  rules: ReadonlyMap<string, Finding | undefined>;
  /** What somebody else has changed. */
  drift: Drift;
}

/** What a verification asks for. */
export interface VerifyOptions extends RouterLocation {
  settings?: Partial<RouterSettings>;
  /** What is to be in force; without it, what the router was told last. */
  rules?: readonly RuleRecord[];
  /** Whether synthetic clients play against the rules; they leave nothing behind. */
  probe: boolean;
}

/** Compares a router with the rules that are wanted and with how it was left. Pure. */
export function readBack(
  view: RouterSnapshot,
  rules: readonly RuleRecord[],
  dir: string,
  settings: RouterSettings = defaultSettings,
): ReadBack {
  const wanted = new Map(rules.map((rule) => [ruleId(rule), rule]));
  const refusals = refusalsOf(view, rules, settings);
  const specs = specsOf(view);
  const files = renderFiles(specs, settings, routerPaths(dir));
  const drift = driftOf(view.observed, {
    specs,
    files,
    settings,
    certificates: view.certificates,
    processes: undefined,
  });
  const find = (id: string): Finding | undefined => {
    const rule = wanted.get(id);
    if (!rule) return notWanted;
    const refusal = refusals.get(id);
    if (refusal) return { kind: 'refused', ...refusal };
    const lack = lackOf(view, rule, drift);
    if (lack) return { kind: 'lacking', ...lack };
    if (view.verified[id]?.generation !== view.programmed[id]?.generation) return notVerified;
    const conflict = view.observed.portConflicts.get(id);
    return conflict === undefined ? undefined : { kind: 'unverified', ...sharedPort(id, conflict) };
  };
  const ids = [...new Set([...wanted.keys(), ...specs.map(({ id }) => id)])].sort();
  return { rules: new Map(ids.map((id) => [id, find(id)])), drift };
}

/**
 * Says of each rule that is wanted, and of each that is there and is not, whether it is in force, by reading back what
 * the machine has. Changes nothing. The times of the conditions are that of the look.
 */
export async function verifyRules(view: RouterSnapshot, options: VerifyOptions): Promise<RuleStatus[]> {
  const rules = options.rules ?? Object.values(view.wanted).map(({ rule }) => rule);
  const specs = new Map(specsOf(view).map((spec) => [spec.id, spec]));
  const now = new Date(options.dataPlane.clock.now()).toISOString();
  const read = readBack(view, rules, options.dir, { ...defaultSettings, ...options.settings });
  const status = async ([id, finding]: [string, Finding | undefined]): Promise<RuleStatus> => {
    const spec = specs.get(id);
    const lack = finding?.kind === 'unverified' ? undefined : finding;
    const seen = options.probe && spec && !lack ? await probe(spec, options) : undefined;
    const updates: Record<(typeof conditionTypes)[number], ConditionUpdate> = {
      Accepted: statement(lack?.kind === 'lacking' ? undefined : lack, 'Valid', 'the rule can be served here'),
      Programmed: statement(lack, 'Programmed', 'HAProxy and iptables have the rule'),
      InForce: seen ?? statement(finding, 'Verified', 'the rule was proved to be in force, and is there unchanged'),
    };
    const observedGeneration = view.verified[id]?.generation ?? 0;
    const generation = view.wanted[id]?.generation ?? 0;
    const unsaid = { key: keyOf(id), generation, observedGeneration, conditions: [] };
    return withConditions(unsaid, updates, observedGeneration, now);
  };
  return Promise.all([...read.rules].map(status));
}

const specsOf = ({ programmed, serverIds }: RouterSnapshot): ProxySpec[] =>
  toProxySpecs(Object.values(programmed), serverIds);

/** Why rules would be refused on this router, by rule id. */
function refusalsOf(
  { certificates, descriptorLimit, observed, localAddresses, programmed }: RouterSnapshot,
  rules: readonly RuleRecord[],
  settings: RouterSettings,
): Map<string, Refusal> {
  const local = new Set(localAddresses);
  const capacity = remainingCapacity(rules, new Map(Object.entries(programmed)), settings, descriptorLimit);
  const portConflicts = conflictsOfNewRules(observed.portConflicts, new Set(Object.keys(programmed)));
  const refusals = new Map<string, Refusal>();
  for (const rule of rules) {
    const refusal = validateRule(rule, settings, local, { certificates, capacity, portConflicts });
    if (refusal) refusals.set(ruleId(rule), refusal);
    else capacity.take(rule);
  }
  return refusals;
}

const statement = (problem: Refusal | undefined, reason: string, message: string): ConditionUpdate =>
  problem ? conditionFalse(problem.reason, problem.message) : conditionTrue(reason, message);

const notWanted: Finding = {
  kind: 'unwanted',
  reason: 'NotWanted',
  message: 'the router has this rule, and it is not wanted; apply takes it away',
};

const notVerified: Finding = {
  kind: 'unverified',
  reason: 'NotProved',
  message: 'HAProxy has the rule, but was not seen to obey it; do its members answer? apply tries again',
};

/** What the router, HAProxy or the packet filter lack of a rule. */
function lackOf({ observed, programmed }: RouterSnapshot, rule: RuleRecord, drift: Drift): Refusal | undefined {
  const id = ruleId(rule);
  const before = programmed[id];
  if (!before) return { reason: 'NotApplied', message: 'the router does not have this rule; apply it' };
  if (!isDeepStrictEqual(before.rule, rule)) {
    return { reason: 'NotApplied', message: 'the router has another version of this rule; apply it' };
  }
  if (observed.notResponding) return { reason: notRespondingReason, message: observed.notResponding };
  if (!observed.processes) return { reason: 'NotRunning', message: 'HAProxy is not running; apply starts it' };
  const changed = [...drift.all, ...(drift.rules.get(id) ?? [])];
  if (changed.length === 0) return undefined;
  return { reason: 'Drift', message: `the router is not as it was left; apply mends it: ${changed.join('; ')}` };
}

/** Synthetic clients of a rule that promises to bind clients to members; what they leave behind is taken out again. */
async function probe(spec: ProxySpec, { dataPlane, dir }: RouterLocation): Promise<ConditionUpdate | undefined> {
  if (bindingOf(spec.rule) !== 'table' || !spec.servers.some(takesClients)) return undefined;
  const verdict = await probeAffinity(dataPlane, spec, routerPaths(dir));
  if (verdict.ok) return undefined;
  const { ok: _, ...said } = verdict;
  return said;
}
