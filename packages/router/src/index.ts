/**
 * The router handlers, side by side: `haproxy` (Limpet's own), `cloudstack` (what CloudStack's own router does) and
 * `memory`, on a real data plane or on the one in memory.
 *
 * @module
 */
export * from './cloudstack/index.ts';
export type * from './dataplane.ts';
export { RouterError, type RouterErrorCode } from './errors.ts';
export { createHaproxyRouter, type HaproxyRouterOptions } from './haproxy/router.ts';
export { defaultSettings, type RouterSettings } from './haproxy/settings.ts';
export * from './memory/index.ts';
export { proxyName, ruleId } from './names.ts';
export { systemClock } from './real/clock.ts';
export { createRealDataPlane, type RealDataPlaneOptions } from './real/dataplane.ts';
export type { Router, RouterStats } from './router.ts';
