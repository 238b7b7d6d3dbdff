/**
 * A program of its own, as Vite and React take the kind of build from the environment of their process:
 *
 * `NODE_ENV=production node vite-build.ts OUT`
 *
 * It builds the page twice: to be served, each view with a script of its own; and as one script, for the still copy.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import Elk from 'elkjs/lib/elk.bundled.js';
import { type BuildEnvironmentOptions, build, type Plugin } from 'vite';
import { readyLayouts } from '../chart/ready-layouts.ts';
import { modelMachines } from '../results/model-machines.ts';
import { STILL_SCRIPT } from './page-files.ts';

const root = fileURLToPath(new URL('../page', import.meta.url));
const elk = new Elk();
const layouts = JSON.stringify(await readyLayouts(modelMachines, (graph) => elk.layout(graph)));

/** Puts the layouts of Limpet's own machines in the place of the module without any. */
const layoutsIn: Plugin = {
  name: 'built-layouts',
  load: (id) =>
    id === `${root}/chart/built-layouts.ts`
      ? `export const builtLayouts = JSON.parse(${JSON.stringify(layouts)});`
      : undefined,
};

const buildWith = (options: BuildEnvironmentOptions) =>
  build({
    configFile: false,
    root,
    // Relative addresses: the page works below any path.
    base: './',
    logLevel: 'error',
    publicDir: false,
    plugins: [react(), layoutsIn],
    build: {
      outDir: process.argv[2]!,
      emptyOutDir: false,
      target: 'es2024',
      modulePreload: { polyfill: false },
      // Everything is a file of its own, as the Content-Security-Policy asks.
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      chunkSizeWarningLimit: 2000,
      ...options,
    },
  });

await buildWith({});
await buildWith({
  rolldownOptions: {
    input: `${root}/main.tsx`,
    output: { codeSplitting: false, entryFileNames: STILL_SCRIPT },
  },
});
