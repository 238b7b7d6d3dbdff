/**
 * Three routers with the same handlers: `haproxy` (Limpet's own) and `cloudstack` (a copy of CloudStack's) on a data
 * plane, real or in memory; and `memory`, which runs inside a process.
 *
 * @module
 */
export * from './cloudstack/index.ts';
export { isFailure, standbyReason } from './conditions.ts';
export { RouterError, type RouterErrorCode } from './errors.ts';
export { whyNotIn } from './haproxy/config/certificates.ts';
export { parseSettings } from './haproxy/config/check-settings.ts';
export { longestRouterDir, type RouterPaths, routerDirCharacters, routerPaths } from './haproxy/config/paths.ts';
export { defaultSettings, haproxySettingsOf, type RouterSettings } from './haproxy/config/settings.ts';
export { describeExplanation } from './haproxy/plan/describe-explanation.ts';
export {
  type ExplainOptions,
  explainPlan,
  type PlanExplanation,
  type RuleExplanation,
} from './haproxy/plan/explain.ts';
export type { FieldChange } from './haproxy/plan/field-changes.ts';
export { noActivity, type ReloadCause, type RouterActivity, sumOf } from './haproxy/reconcile/activity.ts';
export type { RuleStep, RuleStepName } from './haproxy/reconcile/rule-trace.ts';
export { createHaproxyRouter, type HaproxyRouter, type HaproxyRouterOptions } from './haproxy/router.ts';
export type { RuleCounters } from './haproxy/state/counters.ts';
export type { Drift } from './haproxy/verify/drift.ts';
export { type GeneratedFile, generatedConfig } from './haproxy/verify/generated-config.ts';
export {
  inspectRouter,
  type RouterLocation,
  type RouterSnapshot,
  readCounters,
  tablesOf,
} from './haproxy/verify/inspect.ts';
export type { DownMember, MemberHealth, MembersHealth } from './haproxy/verify/members.ts';
export type { ObservedState } from './haproxy/verify/observe.ts';
export { type RuleActivity, readRuleActivity } from './haproxy/verify/rule-activity.ts';
export { type Finding, type ReadBack, readBack, type VerifyOptions, verifyRules } from './haproxy/verify/verify.ts';
export { createMemoryRouter, type MemoryRouterOptions } from './memory/router.ts';
export { keyOf, proxyName, ruleId } from './names.ts';
export type { Router, RouterStats } from './router.ts';
