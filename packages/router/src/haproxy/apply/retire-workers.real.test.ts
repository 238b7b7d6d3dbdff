import { readShowProc } from '@limpet/haproxy';
import { afterEach, expect, it } from 'vitest';
import { openRealBench, type RealBench } from '../../../testing/real-session.ts';

let bench: RealBench;
afterEach(() => bench.close());

it('ends the connections that the oldest worker still holds when there are too many, and says so', async () => {
  bench = await openRealBench({ maxOldWorkers: 2, atMaxOldWorkers: 'end' });
  await Promise.all([bench.put(), bench.put({ port: 81 })]);
  const held: number[] = [];
  const hold = async (): Promise<void> => {
    const [one] = await bench.lab.clients.hold([bench.ask('198.18.0.1')]);
    expect(one!.answer.ok).toBe(true);
    held.push(one!.id);
  };
  for (let reload = 0; reload < 4; reload++) {
    await hold();
    await bench.put({ port: 81, algorithm: reload % 2 === 0 ? 'leastconn' : 'roundrobin' });
    const count = async () => readShowProc(await bench.dataPlane.haproxy.master('show proc')).oldWorkers.length;
    await expect.poll(count).toBeLessThanOrEqual(2);
  }
  expect((await bench.lab.clients.askHeld(held)).map(({ ok }) => ok)).toEqual([false, false, true, true]);
  const status = await bench.until(() => true);
  expect(status.conditions.find(({ type }) => type === 'InForce')).toMatchObject({
    status: 'True',
    message: expect.stringContaining('1 held connections on a worker that earlier reloads had left behind were ended'),
  });
});
