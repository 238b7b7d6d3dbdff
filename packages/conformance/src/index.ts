/**
 * Path tests: plays the model's tours against a router, and compares what it shows after each step with what the model says.
 *
 * @module
 */

export type { TraceRecord } from '@limpet/checker';
export { ConformanceError, type ConformanceErrorCode } from './errors.ts';
export { ROUTER_FAULTS, type RouterFault } from './faults/faults.ts';
export { type Mutant, type MutantsOptions, runMutants } from './mutants/mutants.ts';
export { type ConformOptions, type ConformResult, conform, type SuiteResult } from './run/conform.ts';
export type { StepCost } from './run/costs-seen.ts';
export type { ChangesReplay, FailureReport, ReplayFile } from './run/failure-report.ts';
export { parseReplay, replayPath } from './run/replay-path.ts';
export { type Goals, SUITES, type Suite, type SuiteName } from './suites/suites.ts';
export { type OwnRouter, type RouterKind, traitsOf } from './sut/routers.ts';
export type { OpenedRouter, OpenRouter, RouterTraits } from './sut/system-under-test.ts';
