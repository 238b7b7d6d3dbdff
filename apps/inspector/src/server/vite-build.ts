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
import { type BuildEnvironmentOptions, build } from 'vite';
import { STILL_SCRIPT } from './page-files.ts';

const root = fileURLToPath(new URL('../page', import.meta.url));

const buildWith = (options: BuildEnvironmentOptions) =>
  build({
    configFile: false,
    root,
    // Relative addresses: the page works below any path.
    base: './',
    logLevel: 'error',
    publicDir: false,
    plugins: [react()],
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
