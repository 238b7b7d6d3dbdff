/**
 * A program of its own, as Vite and React take the kind of build from the environment of their process:
 *
 * `NODE_ENV=production node vite-build.ts OUT`
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

await build({
  configFile: false,
  root: fileURLToPath(new URL('../page', import.meta.url)),
  // Relative addresses: the page works below any path.
  base: './',
  logLevel: 'error',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: process.argv[2]!,
    emptyOutDir: true,
    target: 'es2024',
    modulePreload: false,
    // Everything is a file of its own, as the Content-Security-Policy asks.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 2000,
  },
});
