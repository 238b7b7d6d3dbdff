/**
 * The cloud around a router: groups, VMs and clients of a scenario, judged by the clients alone.
 *
 * @module
 */

export type { Finding } from './clients/judge.ts';
export { SimulatorError, type SimulatorErrorCode } from './errors.ts';
export { type RunRecording, recordRun } from './recording/record-run.ts';
export { parseTrace, type Trace as ReplayTrace } from './replay/parse-trace.ts';
export { type ReplayOptions, replay } from './replay/replay.ts';
export type { ReplayedStep, ReplayResult } from './replay/replay-result.ts';
export { type Prepared, type PrepareOptions, prepare } from './run/prepare.ts';
export { isClean, type SimulationResult } from './run/result.ts';
export type { RunObserver } from './run/run-observer.ts';
export { type SimulateOptions, simulate } from './run/simulate.ts';
export { listScenarios, loadScenario } from './scenario/catalogue.ts';
export { parseScenario } from './scenario/parse-scenario.ts';
export { type Scenario, scenarioJsonSchema } from './scenario/scenario.ts';
export type { OperationKind } from './storm/operations.ts';
export { type StormOptions, storm } from './storm/storm.ts';
export type { StormResult } from './storm/storm-result.ts';
export { openMemoryTestBed } from './test-bed/memory.ts';
export { openRealTestBed } from './test-bed/real.ts';
export type { RouterKind, TestBed, TestBedOptions } from './test-bed/test-bed.ts';
