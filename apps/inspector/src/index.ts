/**
 * The inspector: its page built, served or written as one file, and the recordings of what Limpet's commands print.
 *
 * @module
 */
export { InspectorError } from './errors.ts';
export { type Playable, type PlayedMachines, playMachines } from './play-machines.ts';
export { modelMachines, modelPlayables } from './results/model-machines.ts';
export { modelMutants } from './results/model-mutants.ts';
export { openResult } from './results/open-result.ts';
export { buildPage, DEFAULT_CACHE } from './server/build-page.ts';
export { exportPage } from './server/export-page.ts';
export type { ServedPage } from './server/loopback.ts';
export { readPageFiles } from './server/page-files.ts';
export { type ProxyOptions, proxyPage } from './server/proxy-page.ts';
export { type ServeOptions, servePage } from './server/serve-page.ts';
