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
export { isClean, type SimulationResult } from './result.ts';
export { type Scenario, scenarioJsonSchema } from './scenario.ts';
export { type SimulateOptions, simulate } from './simulate.ts';
export { openMemoryWorld } from './world/memory.ts';
export { openRealWorld } from './world/real.ts';
export type { RouterKind, World, WorldOptions } from './world/world.ts';
