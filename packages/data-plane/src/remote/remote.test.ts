import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMemoryDataPlane } from '../memory/data-plane.ts';
import type { Channel } from './protocol.ts';
import { remoteDataPlane } from './remote-data-plane.ts';
import { serveDataPlane } from './serve-data-plane.ts';

/** Two ends of a channel that carries copies, later and in order. */
function channels(): [Channel, Channel] {
  const listeners: ((message: object) => void)[][] = [[], []];
  const end = (at: number): Channel => ({
    send: (message) => {
      const copy = structuredClone(message);
      void setImmediate().then(() => {
        for (const listener of listeners[1 - at]!) listener(copy);
      });
    },
    onMessage: (listener) => void listeners[at]!.push(listener),
  });
  return [end(0), end(1)];
}

function pair() {
  const host = createMemoryDataPlane({ localAddresses: ['203.0.113.10'] });
  const [here, there] = channels();
  const served = serveDataPlane(host, here);
  let received = 0;
  const remote = remoteDataPlane(there, { kind: host.kind, now: host.clock.now() }, () => received);
  return { host, served, remote, receive: () => ++received };
}

it('makes each call on the host, and brings back what it gives or throws', async () => {
  const { host, remote } = pair();
  await remote.files.write('/a', 'one');
  expect(await host.files.read('/a')).toBe('one');
  expect(await remote.files.read('/nowhere')).toBeUndefined();
  expect(await remote.localAddresses()).toEqual(['203.0.113.10']);
  expect((await remote.packetPath()).interfaces).toBeInstanceOf(Map);
  await expect(remote.files.read('/a', 2)).rejects.toMatchObject({
    code: 'ROUTER_FILE_UNUSABLE',
    message: '/a is 3 bytes long; at most 2 are read',
  });
});

it('has the clock of the host: calls, timers, and the time of the last message', async () => {
  const { host, remote } = pair();
  const began = remote.clock.now();
  const fired: string[] = [];
  remote.clock.after(50, () => fired.push('50'));
  remote.clock.after(60, () => fired.push('60'))();
  await remote.clock.sleep(100);
  expect(remote.clock.now()).toBe(began + 100);
  await setImmediate();
  expect(fired).toEqual(['50']);
  expect(host.clock.now()).toBe(began + 100);
});

it('gives a lock to the newest, and tells the one before', async () => {
  const { host, remote } = pair();
  let lost = 0;
  const lock = await remote.files.lock('/lock', () => lost++);
  expect(lock).toHaveProperty('release');
  await host.files.lock('/lock', () => {});
  await expect.poll(() => lost).toBe(1);
});

it('knows whether the other process is at work, by what it was told and what it was sent', async () => {
  const { served, remote, receive } = pair();
  expect(await served.isBusy(0)).toBe(false);
  expect(await served.isBusy(1)).toBe(true);
  receive();
  expect(await served.isBusy(1)).toBe(false);
  const work = remote.files.write('/a', '1').then(() => remote.files.write('/a', '2'));
  expect(await served.isBusy(1)).toBe(true);
  await work;
  expect(await served.isBusy(1)).toBe(false);
});

it('closes what was open when the other process has ended, and answers it no more', async () => {
  const { host, served, remote } = pair();
  let fired = false;
  remote.clock.after(10, () => {
    fired = true;
  });
  const lock = await remote.files.lock('/lock', () => {});
  served.close();
  await host.clock.sleep(20);
  void remote.files.write('/late', 'x');
  await setImmediate();
  await setImmediate();
  expect([fired, await host.files.read('/late'), 'release' in lock]).toEqual([false, undefined, true]);
  expect(await served.isBusy(9)).toBe(false);
});
