import type { Engine } from '../../chart/lay-out.ts';
import { builtLayouts } from './built-layouts.ts';
import { createLayoutCache } from './layout-cache.ts';

let engine: Promise<Engine> | undefined;

/** ELK is 1.6 MB of script, for which most runs have no use: it comes with the first machine that has no layout yet. */
const elk: Engine = async (graph) => {
  engine ??= import('./elk-engine.ts').then(({ createElkEngine }) => createElkEngine());
  return (await engine)(graph);
};

/** The charts of the page. */
export const pageLayouts = createLayoutCache(elk, builtLayouts);
