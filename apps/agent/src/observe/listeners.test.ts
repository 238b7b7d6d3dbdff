import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Listeners } from './listeners.ts';

/** So many listeners, and how often they were called in all. */
function listenersOf(count: number) {
  const listeners = new Listeners();
  let calls = 0;
  const ends = Array.from({ length: count }, () => listeners.listen(() => calls++));
  return { listeners, ends, calls: () => calls };
}

it('calls few at once, each time', () => {
  const { listeners, ends, calls } = listenersOf(3);
  listeners.call();
  listeners.call();
  expect(calls()).toBe(6);
  ends[0]!();
  listeners.call();
  expect([calls(), listeners.size]).toEqual([8, 2]);
});

it('calls many bit by bit, and once for all that happens meanwhile', async () => {
  const { listeners, calls } = listenersOf(100);
  for (let times = 0; times < 50; times++) listeners.call();
  expect(calls()).toBeLessThan(100);
  await setImmediate();
  expect(calls()).toBeGreaterThan(32);
  await expect.poll(calls).toBe(200);
  listeners.call();
  await expect.poll(calls).toBe(300);
});
