/**
 * The data plane of a router: ports (files, HAProxy, packet filter, prober, clock), and two adapters for them, a Linux
 * host and an emulator in memory.
 *
 * @module
 */
export { readConfigFolder } from './config-folder.ts';
export { CrashInjector } from './crash-injector.ts';
export { DataPlaneError, type DataPlaneErrorCode } from './errors.ts';
export { systemClock } from './linux/clock.ts';
export { createRealDataPlane, type RealDataPlaneOptions, START_FILE } from './linux/data-plane.ts';
export { nodeFiles } from './linux/files.ts';
export { hardLimitOf } from './linux/limits.ts';
export { sqliteStateStore } from './linux/state/state-store.ts';
export { createVirtualClock } from './memory/clock.ts';
export { createMemoryDataPlane, type MemoryDataPlane, type MemoryDataPlaneOptions } from './memory/data-plane.ts';
export { createRandom, type Random } from './memory/random.ts';
export type { Answer, Ask, Clients, Cookies, Vms } from './memory/traffic.ts';
export {
  changesMachine,
  changingCommands,
  type Interceptor,
  interceptCalls,
  type PortCall,
} from './port-calls.ts';
export type * from './ports.ts';
