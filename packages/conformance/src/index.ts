/**
 * Path tests: plays the model's tours against a router, and compares what it shows after each step with what the model says.
 *
 * @module
 */

export type { TraceRecord } from '@limpet/checker';
export { type ConformOptions, type ConformResult, conform, type SuiteResult } from './conform.ts';
export type { StepCost } from './costs-seen.ts';
export { ConformanceError, type ConformanceErrorCode } from './errors.ts';
export type { FailureReport, ReplayFile } from './failure-report.ts';
export { type Mutant, type MutantsOptions, runMutants } from './mutants.ts';
export { parseReplay, replayPath } from './replay.ts';
export type { OwnRouter, RouterKind } from './routers.ts';
export type { OpenRouter, RouterTraits } from './subject.ts';
export { type Goals, SUITES, type Suite, type SuiteName } from './suites.ts';
