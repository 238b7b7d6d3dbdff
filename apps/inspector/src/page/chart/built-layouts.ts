import type { ReadyLayouts } from '../../chart/ready-layouts.ts';

/** The layouts of Limpet's own machines: the build of the page puts them in the place of this module. */
export const builtLayouts: ReadyLayouts = {};
