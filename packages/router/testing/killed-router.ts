import { execFile, spawn } from 'node:child_process';
import type { PutRule } from '@limpet/contract';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { createHaproxyRouter } from '../src/haproxy/router.ts';

/**
 * A program for a test: a router on the real machine that is given one rule, and kills itself with SIGKILL when it is
 * about to change the machine for the time after so many. Says `done` when it was not killed.
 *
 * `node killed-router.ts DIR CHANGES COMMAND`
 */
const [dir, changes, command] = process.argv.slice(2) as [string, string, string];
let left = Number(changes);

/** To be killed between two looks is to be killed before the next change. */
const looks = /^(read|lock|check|running|save|pin)$/;
const onlyShows = (request: unknown): boolean => /^(@!\d+ )?(show|get) /.test(String(request));
const changesNothing = (name: string, [what]: unknown[]): boolean => {
  if (name === 'runtime') return (what as unknown[]).every(onlyShows);
  return name === 'master' ? onlyShows(what) : looks.test(name);
};

const mortal = <T extends object>(part: T): T =>
  new Proxy(part, {
    get(target, key) {
      const value = target[key as keyof T];
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (!changesNothing(String(key), args) && left-- === 0) process.kill(process.pid, 'SIGKILL');
        return value.apply(target, args);
      };
    },
  });

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
const { files, haproxy, packetFilter, prober } = machine;
const dataPlane = {
  ...machine,
  files: mortal(files),
  haproxy: mortal(haproxy),
  packetFilter: mortal(packetFilter),
  prober: mortal(prober),
};
const router = await createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs: 100 } });
const { outcome } = await router.putRule(JSON.parse(command) as PutRule);
await router.detach();
process.stdout.write(outcome === 'applied' ? 'done' : outcome);
