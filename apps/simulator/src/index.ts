/**
 * The cloud around a router: groups, VMs and clients of a scenario, judged by the clients alone.
 *
 * @module
 */
export { listScenarios, loadScenario } from './catalogue.ts';
export { SimulatorError, type SimulatorErrorCode } from './errors.ts';
export type { Finding } from './judge.ts';
export { parseScenario } from './parse-scenario.ts';
export { type Prepared, type PrepareOptions, prepare } from './prepare.ts';
export { type ReplayOptions, replay } from './replay/replay.ts';
export type { ReplayedStep, ReplayResult } from './replay/result.ts';
export { parseTrace, type Trace as ReplayTrace } from './replay/trace.ts';
export { isClean, type SimulationResult } from './result.ts';
export { type Scenario, scenarioJsonSchema } from './scenario.ts';
export { type SimulateOptions, simulate } from './simulate.ts';
export type { OperationKind } from './storm/operations.ts';
export type { StormResult } from './storm/result.ts';
export { type StormOptions, storm } from './storm/storm.ts';
export { suggest } from './suggest.ts';
export { openMemoryWorld } from './world/memory.ts';
export { openRealWorld } from './world/real.ts';
export type { RouterKind, World, WorldOptions } from './world/world.ts';
