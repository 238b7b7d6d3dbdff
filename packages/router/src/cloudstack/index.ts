/**
 * A copy of CloudStack's own router, as far as load balancer rules go. Its known defects can be switched off.
 *
 * @module
 */
export type { CloudStackPaths } from './configure.ts';
export type { CloudStackVersion, KnownDefect, KnownDefectName, KnownDefects } from './known-defects.ts';
export { knownDefects as cloudStackDefects, versions as cloudStackVersions } from './known-defects.ts';
export type { CloudStackRouterOptions } from './router.ts';
export { createCloudStackRouter, defaultPaths as cloudStackPaths } from './router.ts';
