import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRealBench, type RealBench } from '../../../testing/real-session.ts';
import { sourceBased } from '../../../testing/rules.ts';

let bench: RealBench;
const clients = Array.from({ length: 8 }, (_, i) => `198.18.0.${i + 1}`);

beforeEach(async () => {
  bench = await openRealBench();
});
afterEach(() => bench.close());

/** Clients that ask without a pause until they are told to stop, and how many connections they made. */
const load = (port: number) => {
  const { lab, ask } = bench;
  let running = true;
  let made = 0;
  const done = (async () => {
    while (running) {
      const answers = await lab.clients.ask(clients.map((client) => ask(client, port)));
      expect(answers.filter(({ ok }) => !ok)).toEqual([]);
      made += answers.length;
    }
    return made;
  })();
  return {
    stop: () => {
      running = false;
      return done;
    },
  };
};

const connectionsOf = async (port = 8080): Promise<number> =>
  (await bench.router.counters()).find(({ key }) => key.port === port)!.connections;

it('never decrease over 20 reloads under load, and come to what the clients did', async () => {
  await Promise.all([bench.put(), bench.put({ port: 81 })]);
  const held = await bench.lab.clients.hold(clients.map((client) => bench.ask(client)));
  const traffic = load(8080);
  let before = await bench.router.counters();
  for (let reload = 0; reload < 20; reload++) {
    await bench.put({ port: 81, algorithm: reload % 2 === 0 ? 'leastconn' : 'roundrobin' });
    const now = await bench.router.counters();
    for (const [at, counted] of now.entries()) {
      for (const field of ['connections', 'sessions', 'requests', 'bytesIn', 'bytesOut'] as const) {
        expect(counted[field], `${field} after reload ${reload}`).toBeGreaterThanOrEqual(before[at]![field]);
      }
    }
    before = now;
  }
  expect(bench.router.stats().reloads).toBe(20);
  const made = (await traffic.stop()) + held.length;
  expect((await bench.lab.clients.askHeld(held.map(({ id }) => id))).every(({ ok }) => ok)).toBe(true);
  expect(await connectionsOf()).toBe(made);
  await bench.lab.clients.release(held.map(({ id }) => id));
  // Each asks a line and is answered by one; a session's bytes count when it ends.
  await expect
    .poll(async () => (await bench.router.counters()).find(({ key }) => key.port === 8080)!.bytesIn)
    .toBeGreaterThanOrEqual(made);
});

it('leave the probes out', async () => {
  await bench.put();
  await bench.lab.clients.ask([bench.ask('198.18.0.1')]);
  await bench.put({ stickiness: sourceBased });
  const [counted] = await bench.router.counters();
  expect(counted).toMatchObject({ connections: 1, sessions: 1 });
});

it('outlive the router, and HAProxy', async () => {
  await bench.put();
  await bench.lab.clients.ask(clients.map((client) => bench.ask(client)));
  expect(await connectionsOf()).toBe(8);
  const next = await bench.again();
  bench = next;
  await bench.put({ algorithm: 'leastconn' });
  expect(await connectionsOf()).toBe(8);
  await bench.dataPlane.haproxy.stop();
  await bench.put({ algorithm: 'roundrobin' });
  await bench.lab.clients.ask(clients.map((client) => bench.ask(client)));
  expect(await connectionsOf()).toBe(16);
});

it('leave no old worker behind that serves nobody', async () => {
  await Promise.all([bench.put(), bench.put({ port: 81 })]);
  await bench.put({ port: 81, algorithm: 'leastconn' });
  await expect.poll(() => bench.dataPlane.haproxy.master('show proc')).not.toContain('# old workers');
});
