#!/usr/bin/env node
// Plain JavaScript that any Node understands: Limpet itself needs Node 24, which runs TypeScript as it is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const required = 24;
const own = fileURLToPath(import.meta.url);
// Half of the time of a short command. Not in /tmp, the default, where others could write.
const compiled = fileURLToPath(new URL('../../../node_modules/.cache/limpet', import.meta.url));
const bundled = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= required) {
  module.enableCompileCache(compiled);
  await import(new URL('../src/main.ts', import.meta.url).href);
} else if (existsSync(bundled)) {
  const child = spawn(bundled, [own, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
} else {
  process.stderr.write(
    `limpet: NODE_TOO_OLD: Node ${required} or newer is needed, this is ${process.version}; run npm ci in the checkout, which brings one along\n`,
  );
  process.exitCode = 1;
}
