import { createVirtualClock } from '@limpet/data-plane';
import { expect, it } from 'vitest';
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
  await haproxy.start('/limpet/haproxy.cfg');
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
  await endResyncWait({ haproxy, clock: createVirtualClock() }, { stickMap: '/limpet/stick.map', taught: true });
  expect(looks).toBe(4); // three looks and the command
  expect((await dataPlane.haproxy.runtime(told))[0]).toContain(found);
});
