import { isDeepStrictEqual } from 'node:util';
import { canonicalRule, type HaproxySettings, type RuleRecord, type RuleStatus } from '@limpet/contract';
import {
  type ConditionUpdate,
  conditionFalse,
  conditionTrue,
  type conditionTypes,
  withConditions,
} from '../../conditions.ts';
import { bindingOf } from '../../drain-rules.ts';
import { keyOf, ruleId } from '../../names.ts';
import type { Refusal } from '../../refusal.ts';
import { refusalsOf } from '../admission/refusals.ts';
import { standbyOf } from '../admission/standby.ts';
import { routerPaths } from '../config/paths.ts';
import { type ProxySpec, takesClients, toProxySpecs } from '../config/proxy-spec.ts';
import { renderFiles } from '../config/render.ts';
import { defaultSettings, type RouterSettings, settingsTold } from '../config/settings.ts';
import { settingsChanges } from '../plan/settings-changes.ts';
import { notRespondingReason } from '../runtime/not-responding.ts';
import { type Drift, driftOf } from './drift.ts';
import type { RouterLocation, RouterSnapshot } from './inspect.ts';
import { probeAffinity } from './probe.ts';
import { reachability, unreachable } from './reachability.ts';

/** Why a rule is not in force. */
export interface Finding extends Refusal {
  /**
   * `refused`: the rule cannot be served here; `unwanted`: the router has the rule, and it is not desired; `lacking`:
   * the router lacks a part of it; `unverified`: the router has it, and has not verified it; `standby`: the router has it,
   * and the other router of the pair has its address.
   */
  kind: 'refused' | 'unwanted' | 'lacking' | 'unverified' | 'standby';
}

/** The result of comparing a router with rules. */
export interface ReadBack {
  /**
   * Every desired rule and every other rule that the router has, by its id; undefined when the rule was verified to be
   * in force and nothing has changed since.
   */
  rules: ReadonlyMap<string, Finding | undefined>;
  /** Changes by other programs. */
  drift: Drift;
}

/** What to verify. */
export interface VerifyOptions extends RouterLocation {
  settings?: Partial<RouterSettings>;
  /** The desired rules; undefined: those that the router has stored. */
  rules?: readonly RuleRecord[];
  /** Whether to probe source-based rules with synthetic clients, whose traces are removed afterwards. */
  probe: boolean;
}

/** Compares a router with the desired rules, and with the state in which it left the host. Pure. */
export function readBack(
  snapshot: RouterSnapshot,
  desired: readonly RuleRecord[],
  dir: string,
  settings: RouterSettings = { ...defaultSettings, ...snapshot.settings },
): ReadBack {
  const rules = desired.map(canonicalRule);
  const wanted = new Map(rules.map((rule) => [ruleId(rule), rule]));
  const local = new Set(snapshot.localAddresses);
  const standby = standbyOf(rules, settings, local);
  const refusals = refusalsOf(rules, {
    ...snapshot,
    settings,
    local,
    portConflicts: snapshot.observed.portConflicts,
    programmed: new Map(Object.entries(snapshot.programmed)),
  });
  const specs = specsOf(snapshot);
  const applied = settingsTold(settings, snapshot.settings);
  const files = renderFiles(specs, applied, routerPaths(dir), snapshot.haproxy);
  const otherSettings = settingsChanges(snapshot.settings, settings).map(({ field }) => field);
  const drift = driftOf(snapshot.observed, {
    specs,
    files,
    settings: applied,
    certificates: snapshot.certificates,
    haproxy: snapshot.haproxy,
    processes: undefined,
  });
  const find = (id: string): Finding | undefined => {
    const rule = wanted.get(id);
    if (!rule) return notWanted;
    const refusal = refusals.get(id);
    if (refusal) return { kind: 'refused', ...refusal };
    const problem = missingPart(snapshot, rule, drift, otherSettings);
    if (problem) return { kind: 'lacking', ...problem };
    if (snapshot.verified[id]?.generation !== snapshot.programmed[id]?.generation) return notVerified;
    const stopped = unreachable(id, snapshot.observed);
    if (stopped) return { kind: 'unverified', ...stopped };
    return standby.has(id)
      ? { kind: 'standby', ...reachability(id, { ...snapshot.observed, standby }, '') }
      : undefined;
  };
  const ids = [...new Set([...wanted.keys(), ...specs.map(({ id }) => id)])].sort();
  return { rules: new Map(ids.map((id) => [id, find(id)])), drift };
}

/**
 * The status of every desired rule and of every other rule that the router has, from the host's state. Changes nothing.
 * The conditions have the time of the call.
 */
export async function verifyRules(snapshot: RouterSnapshot, options: VerifyOptions): Promise<RuleStatus[]> {
  const rules = options.rules ?? Object.values(snapshot.wanted).map(({ rule }) => rule);
  const specs = new Map(specsOf(snapshot).map((spec) => [spec.id, spec]));
  const now = new Date(options.dataPlane.clock.now()).toISOString();
  const read = readBack(snapshot, rules, options.dir, {
    ...defaultSettings,
    ...snapshot.settings,
    ...options.settings,
  });
  const status = async ([id, finding]: [string, Finding | undefined]): Promise<RuleStatus> => {
    const spec = specs.get(id);
    const isThere = finding?.kind === 'unverified' || finding?.kind === 'standby';
    const problem = isThere ? undefined : finding;
    const failedProbe = options.probe && spec && !problem ? await probe(spec, options, snapshot.settings) : undefined;
    const updates: Record<(typeof conditionTypes)[number], ConditionUpdate> = {
      Accepted: conditionOf(problem?.kind === 'lacking' ? undefined : problem, 'Valid', 'the rule can be served here'),
      Programmed: conditionOf(problem, 'Programmed', 'HAProxy and iptables have the rule'),
      InForce:
        failedProbe ??
        (finding
          ? conditionFalse(finding.reason, finding.message)
          : reachability(id, snapshot.observed, 'the rule was proved to be in force, and is there unchanged')),
    };
    const observedGeneration = snapshot.verified[id]?.generation ?? 0;
    const generation = snapshot.wanted[id]?.generation ?? 0;
    const unverified = { key: keyOf(id), generation, observedGeneration, conditions: [] };
    return withConditions(unverified, updates, observedGeneration, now);
  };
  return Promise.all([...read.rules].map(status));
}

const specsOf = ({ programmed, serverIds }: RouterSnapshot): ProxySpec[] =>
  toProxySpecs(Object.values(programmed), serverIds);

const conditionOf = (problem: Refusal | undefined, reason: string, message: string): ConditionUpdate =>
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

/** The part of a rule that the router, HAProxy or iptables lacks; undefined when they have all of it. */
function missingPart(
  { observed, programmed }: RouterSnapshot,
  rule: RuleRecord,
  drift: Drift,
  otherSettings: readonly string[],
): Refusal | undefined {
  const id = ruleId(rule);
  const before = programmed[id];
  if (!before) return { reason: 'NotApplied', message: 'the router does not have this rule; apply it' };
  if (!isDeepStrictEqual(before.rule, rule)) {
    return { reason: 'NotApplied', message: 'the router has another version of this rule; apply it' };
  }
  if (otherSettings.length > 0) {
    return { reason: 'NotApplied', message: `the router has other settings (${otherSettings.join(', ')}); apply them` };
  }
  if (observed.notResponding) return { reason: notRespondingReason, message: observed.notResponding };
  if (!observed.processes) return { reason: 'NotRunning', message: 'HAProxy is not running; apply starts it' };
  const changed = [...drift.all, ...(drift.rules.get(id) ?? [])];
  if (changed.length === 0) return undefined;
  return { reason: 'Drift', message: `the router is not as it was left; apply mends it: ${changed.join('; ')}` };
}

/**
 * Probes a rule that binds clients to members by table. Undefined when nothing is wrong, or nothing is to be probed.
 */
async function probe(
  spec: ProxySpec,
  { dataPlane, dir }: RouterLocation,
  settings: HaproxySettings,
): Promise<ConditionUpdate | undefined> {
  if (bindingOf(spec.rule) !== 'table' || !spec.servers.some(takesClients)) return undefined;
  const verdict = await probeAffinity(dataPlane, spec, routerPaths(dir), settings);
  if (verdict.ok) return undefined;
  const { ok: _, ...update } = verdict;
  return update;
}
