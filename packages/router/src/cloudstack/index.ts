/**
 * A faithful copy of what CloudStack's own router does with load balancer rules, its bugs switchable.
 *
 * @module
 */
export type { CloudStackPaths } from './configure.ts';
export type { CloudStackVersion, KnownDefect, KnownDefectName, KnownDefects } from './known-defects.ts';
export { knownDefects as cloudStackDefects, versions as cloudStackVersions } from './known-defects.ts';
export type { CloudStackRouterOptions } from './router.ts';
export { createCloudStackRouter, defaultPaths as cloudStackPaths } from './router.ts';
