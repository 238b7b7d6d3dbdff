import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPairBench, type PairBench } from '../../testing/pair-session.ts';
import { members, publicIp } from '../../testing/real-session.ts';
import { sourceBased } from '../../testing/rules.ts';

let bench: PairBench;
/** The address moves so often in CI; on a person's machine a few times. */
const moveCount = process.env.CI === 'true' ? 20 : 5;
const clients = Array.from({ length: 40 }, (_, index) => `198.18.0.${index + 1}`);

beforeEach(async () => {
  bench = await openPairBench();
});
afterEach(() => bench.close());

const ask = (client: string) => ({ client, ip: publicIp, port: 8080, protocol: 'tcp' as const });

/** What each client gets: its VM, or how its connection failed. */
const homes = async (): Promise<string[]> => {
  const answers = await bench.lab.clients.ask(clients.map(ask));
  return answers.map((answer) => (answer.ok ? answer.vm : answer.error));
};

it(`keeps each sticky client on its VM while the address moves between the routers ${moveCount} times under load`, async () => {
  const { lab, routers } = bench;
  expect(await bench.put({ stickiness: sourceBased })).toEqual(['applied True Verified', 'applied False Standby']);
  const before = await homes();
  expect(new Set(before).size).toBe(3);
  await expect.poll(() => routers[1].known('198.18.')).toHaveLength(clients.length);

  const visits = { served: 0, lost: 0, elsewhere: [] as string[] };
  let moving = true;
  const load = async (): Promise<void> => {
    while (moving) {
      for (const [at, vm] of (await homes()).entries()) {
        if (vm === before[at]) visits.served++;
        else if (/^vm/.test(vm)) visits.elsewhere.push(`${clients[at]}: ${vm} instead of ${before[at]}`);
        else visits.lost++;
      }
    }
  };
  const moves = async (): Promise<void> => {
    for (let time = 1; time <= moveCount; time++) {
      const to = (time % 2) as 0 | 1;
      await lab.move(publicIp, to);
      await Promise.all([routers[to].until('Verified'), routers[1 - to]!.until('Standby')]);
      expect(await homes()).toEqual(before);
      const next = visits.served + clients.length;
      await expect.poll(() => visits.served).toBeGreaterThanOrEqual(next);
    }
  };
  await Promise.all([
    load(),
    moves().finally(() => {
      moving = false;
    }),
  ]);
  expect(visits.elsewhere).toEqual([]);
  expect(routers.map(({ router }) => router.stats().reloads)).toEqual([0, 0]);
});

it('learns its sticky clients from the other router when HAProxy has died with their address', async () => {
  const { routers } = bench;
  await bench.put({ stickiness: sourceBased });
  const before = await homes();
  await expect.poll(() => routers[1].known('198.18.')).toHaveLength(clients.length);
  const elsewhere: string[] = [];
  let served = 0;
  const visit = async (at: number): Promise<void> => {
    while (served < 4 * clients.length) {
      const [answer] = await bench.lab.clients.ask([ask(clients[at]!)]);
      if (answer!.ok && answer!.vm !== before[at]) elsewhere.push(`${clients[at]} got ${answer!.vm}`);
      if (answer!.ok && stopped) served++;
    }
  };
  let stopped = false;
  const visits = clients.map((_, at) => visit(at));
  await routers[0].dataPlane.haproxy.stop();
  stopped = true;
  await Promise.all(visits);
  expect(elsewhere).toEqual([]);
});

it('reloads with its tables, and serves, while the other router is away', async () => {
  const { routers } = bench;
  await bench.put({ stickiness: sourceBased });
  const before = await homes();
  const said = async () => (await routers[0].until('Verified')).conditions.at(-1)!.message;
  await expect.poll(said).not.toContain('r-6-VM');
  await routers[1].router.close();
  await expect.poll(said).toContain('; r-6-VM (10.1.1.3) is not connected as a peer');
  for (const algorithm of ['leastconn', 'roundrobin', 'leastconn'] as const) {
    expect((await bench.put({ stickiness: sourceBased, algorithm }, [0]))[0]).toBe('applied True Verified');
    expect(await homes()).toEqual(before);
  }
  await bench.reopen(1);
  await expect.poll(() => bench.routers[1].known('198.18.')).toHaveLength(clients.length);
  await expect.poll(said).not.toContain('r-6-VM');
  await bench.lab.move(publicIp, 1);
  expect(await homes()).toEqual(before);
});

it('keeps clients with held connections on their VM over a failover, when the rule became sticky meanwhile', async () => {
  const { lab, routers } = bench;
  await bench.put({ members: members.slice(2) }, [1]); // the routers have met the members in another order
  await bench.put({});
  const held = await lab.clients.hold(clients.map(ask));
  const before = held.map(({ answer }) => (answer.ok ? answer.vm : answer.error));
  await bench.put({ stickiness: sourceBased });
  await expect.poll(() => routers[1].known('198.18.')).toHaveLength(clients.length);
  await lab.move(publicIp, 1);
  expect(await homes()).toEqual(before);
});
