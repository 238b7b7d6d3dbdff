import { execFile, spawn } from 'node:child_process';
import type { PutRule } from '@limpet/contract';
import { changesMachine, createRealDataPlane, interceptCalls, systemClock } from '@limpet/data-plane';
import { createHaproxyRouter } from '../src/haproxy/router.ts';

/**
 * A program for a test: a router on the real machine that is given one rule, and kills itself with SIGKILL when it is
 * about to change the machine for the time after so many. Says `done` when it was not killed.
 *
 * `node killed-router.ts DIR CHANGES COMMAND`
 */
const [dir, changes, command] = process.argv.slice(2) as [string, string, string];
let left = Number(changes);

const machine = createRealDataPlane({
  exec: (file, args, options) =>
    new Promise((resolve) => {
      const child = execFile(file, args, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      });
      child.stdin?.end(options?.input);
    }),
  spawn: (file, args) => spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
  dir,
  clock: systemClock,
});
const dataPlane = interceptCalls(machine, (call, proceed) => {
  if (changesMachine(call) && left-- === 0) process.kill(process.pid, 'SIGKILL');
  return proceed();
});
const router = await createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs: 100 } });
const { outcome } = await router.putRule(JSON.parse(command) as PutRule);
await router.detach();
process.stdout.write(outcome === 'applied' ? 'done' : outcome);
