import { createMemoryDataPlane } from '@limpet/data-plane';
import { expect, it } from 'vitest';
import { Costs, timed } from './router-costs.ts';

it('counts what a router asks of its machine, by sort', async () => {
  const costs = new Costs();
  const machine = timed(createMemoryDataPlane({ localAddresses: ['203.0.113.1'] }), costs);
  await machine.files.write('/run/limpet/stick.map', '');
  await machine.files.write('/run/other/stick.map', '');
  await machine.files.read('/run/limpet/stick.map');
  await machine.stateStore.commit('/run/limpet/state.db', []);
  await machine.packetFilter.save();
  await machine.clock.sleep(0);
  await expect(machine.haproxy.runtime(['set server a/b weight 1', 'set server c/d weight 2'])).rejects.toThrow();
  const counted = new Map(costs.list.map(({ what, calls }) => [what, calls]));
  expect(counted).toEqual(
    new Map([
      ['write stick.map', 2],
      ['read stick.map', 1],
      ['store: commit', 1],
      ['iptables: save', 1],
      ['yield', 1],
      ['set server', 1],
    ]),
  );
  costs.reset();
  expect(costs.list).toEqual([]);
});

it('counts time once in which several calls are under way', async () => {
  const costs = new Costs();
  let end = (): void => {};
  const first = costs.time('a', () => new Promise<void>((resolve) => (end = resolve)));
  const second = costs.time('b', async () => end());
  await Promise.all([first, second]);
  const [a, b] = ['a', 'b'].map((name) => costs.list.find(({ what }) => what === name)!.ms);
  expect(costs.busyMs).toBeLessThanOrEqual(a! + b!);
  expect(costs.busyMs).toBeGreaterThanOrEqual(Math.max(a!, b!));
});
