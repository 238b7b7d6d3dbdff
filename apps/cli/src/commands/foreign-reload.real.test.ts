import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fieldCase, openRouterInLab, type RouterInLab } from '../../testing/router-in-lab.ts';

const file = fieldCase('c31-foreign-reload.yaml');
let router: RouterInLab;
beforeEach(async () => {
  router = await openRouterInLab([80, 8080, 25]);
});
afterEach(() => router.lab.close());

const exitOf = async (command: string): Promise<number | null> => (await router.limpet(command, file)).code;

/** Pid of the worker that serves; undefined while the master starts itself anew. */
async function worker(): Promise<string | undefined> {
  const ask = `echo "show proc" | socat - UNIX-CONNECT:${join(router.dir, 'master.sock')}`;
  return /^(\d+)\s+worker/m.exec((await router.lab.exec('sh', ['-c', ask])).stdout)?.[1];
}

/** Milliseconds that a new client of each rule waits for its answer. */
async function longestWait(): Promise<number> {
  const waits = ([80, 8080, 25] as const).map(async (port) => {
    const began = performance.now();
    const protocol = port === 8080 ? 'http' : 'tcp';
    const [answer] = await router.lab.clients.ask([{ client: '198.51.100.1', ip: '203.0.113.10', port, protocol }]);
    return answer?.ok ? performance.now() - began : Number.POSITIVE_INFINITY;
  });
  return Math.max(...(await Promise.all(waits)));
}

it('nobody waits for ever after a reload by somebody else, while no limpet runs (c31)', async () => {
  await expect.poll(() => exitOf('apply')).toBe(0);
  const before = await worker();
  const master = (await readFile(join(router.dir, 'haproxy.pid'), 'utf8')).trim();
  expect(await router.lab.exec('kill', ['-USR2', master])).toMatchObject({ code: 0 });
  await expect.poll(async () => [undefined, before].includes(await worker())).toBe(false);
  // Its probes wait for the tables as clients do, and are not taken for members that do not answer.
  expect(await exitOf('verify')).toBe(0);
  // Each TCP connection waited a second, and each request four, until somebody ran apply.
  await expect.poll(longestWait).toBeLessThan(500);
});
