import { afterEach, beforeEach, expect, it } from 'vitest';
import { appCookie } from '../../../testing/cloudstack-rules.ts';
import { openRealBench, type RealBench } from '../../../testing/real-session.ts';
import { sourceBased } from '../../../testing/rules.ts';

let bench: RealBench;
beforeEach(async () => {
  // No router looks after this HAProxy: what ends, ends in the worker.
  bench = await openRealBench({ driftPeriodMs: 1e9 });
});
afterEach(() => bench.close());

/** The slowest of some requests, in milliseconds, one after the other. */
async function slowest(port: number, protocol: 'tcp' | 'http'): Promise<number> {
  let longest = 0;
  for (let time = 0; time < 3; time++) {
    const began = performance.now();
    const [answer] = await bench.lab.clients.ask([{ ...bench.ask('198.18.0.1', port), protocol }]);
    expect(answer).toMatchObject({ ok: true });
    longest = Math.max(longest, performance.now() - began);
  }
  return longest;
}

it.each([
  ['TCP by source', 'tcp', { stickiness: sourceBased }],
  ['HTTP by source', 'http', { stickiness: sourceBased, protocol: 'http' }],
  ['HTTP by a cookie of the members', 'http', { stickiness: appCookie }],
] as const)(
  'ends in a worker that somebody else has started, without anybody who ends it: %s',
  async (_, protocol, rule) => {
    await bench.put(rule);
    const workers = () => bench.dataPlane.haproxy.master('show proc');
    const before = /^(\d+)\s+worker/m.exec(await workers())?.[1];
    await bench.dataPlane.haproxy.signalReload();
    await expect.poll(async () => /^(\d+)\s+worker/m.exec(await workers().catch(() => ''))?.[1]).not.toBe(before);
    // A wait would take a second for each TCP connection and three for each request, for ever.
    await expect.poll(() => slowest(8080, protocol), { timeout: 30_000 }).toBeLessThan(500);
  },
);
