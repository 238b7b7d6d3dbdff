/**
 * A faithful copy of what CloudStack's own router does with load balancer rules, its bugs switchable.
 *
 * @module
 */
export type { CloudStackPaths } from './convergence.ts';
export type { CloudStackVersion, Deviation, DeviationName, Deviations } from './deviations.ts';
export { deviations as cloudStackDeviations, versions as cloudStackVersions } from './deviations.ts';
export type { CloudStackRouterOptions } from './router.ts';
export { createCloudStackRouter, defaultPaths as cloudStackPaths } from './router.ts';
