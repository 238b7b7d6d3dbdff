/**
 * The router handlers, side by side: `haproxy` (Limpet's own), `cloudstack` (what CloudStack's own router does) and
 * `memory`, on a real data plane or on the one in memory.
 *
 * @module
 */
export * from './cloudstack/index.ts';
export { RouterError, type RouterErrorCode } from './errors.ts';
export { defaultSettings, type RouterSettings } from './haproxy/config/settings.ts';
export { describeExplanation } from './haproxy/plan/describe-explanation.ts';
export {
  type ExplainOptions,
  explainPlan,
  type PlanExplanation,
  type RuleExplanation,
} from './haproxy/plan/explain.ts';
export type { FieldChange } from './haproxy/plan/field-changes.ts';
export { createHaproxyRouter, type HaproxyRouter, type HaproxyRouterOptions } from './haproxy/router.ts';
export type { RuleCounters } from './haproxy/state/counters.ts';
export type { Drift } from './haproxy/verify/drift.ts';
export {
  inspectRouter,
  type RouterLocation,
  type RouterSnapshot,
  readCounters,
  tablesOf,
} from './haproxy/verify/inspect.ts';
export type { ObservedState } from './haproxy/verify/observe.ts';
export { type Finding, type ReadBack, readBack, type VerifyOptions, verifyRules } from './haproxy/verify/verify.ts';
export { createMemoryRouter, type MemoryRouterOptions } from './memory/router.ts';
export { proxyName, ruleId } from './names.ts';
export type { Router, RouterStats } from './router.ts';
