import { createVirtualClock } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { sourceBased } from '../../../testing/rules.ts';
import { haproxyWith, openBench } from '../../../testing/test-session.ts';
import { endResyncWait } from '../apply/end-resync-wait.ts';

const told = ['get map /limpet/stick.map ready'];
const found = 'found=yes';

it('ends with each start and each reload', async () => {
  const bench = await openBench([{ stickiness: sourceBased }]);
  const { haproxy } = bench.dataPlane;
  expect((await haproxy.runtime(told))[0]).toContain(found);
  await bench.put({ stickiness: sourceBased, algorithm: 'leastconn' });
  expect(bench.router.stats().reloads).toBe(1);
  expect((await haproxy.runtime(told))[0]).toContain(found);
});

it('is in no file: a worker that somebody else starts waits for its tables', async () => {
  const bench = await openBench([{ stickiness: sourceBased }]);
  expect(await bench.dataPlane.files.read('/limpet/stick.map')).not.toContain('ready');
});

it('is ended by the next router, when the one that reloaded has died meanwhile', async () => {
  const bench = await openBench([{ stickiness: sourceBased }]);
  const { haproxy } = bench.dataPlane;
  await haproxy.runtime(['del map /limpet/stick.map ready']);
  expect((await haproxy.runtime(told))[0]).not.toContain(found);
  const next = await bench.again();
  await next.put({ stickiness: sourceBased });
  expect((await haproxy.runtime(told))[0]).toContain(found);
});

it('is ended at once when no old worker is there that could teach', async () => {
  const bench = await openBench([{ stickiness: sourceBased }]);
  const { clock, haproxy } = bench.dataPlane;
  await haproxy.stop();
  await haproxy.start('/limpet/haproxy.d');
  const before = clock.now();
  const next = await bench.again();
  await next.put({ stickiness: sourceBased });
  expect((await haproxy.runtime(told))[0]).toContain(found);
  expect(clock.now() - before).toBeLessThan(1000);
});

it('lasts until the tables are there', async () => {
  const { dataPlane } = await openBench();
  await dataPlane.haproxy.runtime(['del map /limpet/stick.map ready']);
  let looks = 0;
  const haproxy = haproxyWith(dataPlane.haproxy, {
    async runtime(commands) {
      const answers = await dataPlane.haproxy.runtime(commands);
      const flags = ++looks < 3 ? '0x1' : '0x1103';
      return answers.map((answer) => answer.replace(/flags=\w+/, `flags=${flags}`));
    },
  });
  await endResyncWait(
    { haproxy, clock: createVirtualClock() },
    { stickMap: '/limpet/stick.map', teacher: 'old worker' },
  );
  expect(looks).toBe(4); // three looks and the command
  expect((await dataPlane.haproxy.runtime(told))[0]).toContain(found);
});

describe('after a start of one of a pair', () => {
  const peer = (status: string) =>
    `\n  0x2: id=r-6-VM(remote,active) addr=10.1.1.3:10000 last_status=${status} last_hdshk=0s`;

  /** Milliseconds until clients wait no more; `peers` is what the looks show, the last one from then on. */
  const waited = async (...peers: { flags: string; status: string }[]): Promise<number> => {
    const { dataPlane } = await openBench();
    await dataPlane.haproxy.runtime(['del map /limpet/stick.map ready']);
    const haproxy = haproxyWith(dataPlane.haproxy, {
      async runtime(commands) {
        const answers = await dataPlane.haproxy.runtime(commands);
        const { flags, status } = (peers.length > 1 ? peers.shift() : peers[0])!;
        return answers.map((answer, at) =>
          commands[at] === 'show peers' ? answer.replace(/flags=\w+/, `flags=${flags}`) + peer(status) : answer,
        );
      },
    });
    const clock = createVirtualClock();
    const before = clock.now();
    await endResyncWait({ haproxy, clock }, { stickMap: '/limpet/stick.map', teacher: 'other router' });
    expect((await dataPlane.haproxy.runtime(told))[0]).toContain(found);
    return clock.now() - before;
  };

  it('lasts until the other router has taught its tables', async () => {
    const teaching = { flags: '0x201d', status: 'ESTA' };
    expect(await waited({ flags: '0x11', status: 'CONN' }, teaching, teaching, { ...teaching, flags: '0x2213' })).toBe(
      15,
    );
  });

  it('lasts for no router that is away, or that has just started itself', async () => {
    expect(await waited({ flags: '0x11', status: 'CONN' })).toBe(500);
    expect(await waited({ flags: '0x6811', status: 'ESTA' })).toBe(1000);
  });
});
