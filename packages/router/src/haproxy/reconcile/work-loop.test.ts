import { createVirtualClock } from '@limpet/data-plane';
import { describe, expect, it } from 'vitest';
import { turns } from '../../../testing/test-session.ts';
import { type Failure, WorkLoop } from './work-loop.ts';

const open = (round: () => Promise<void>) => {
  const clock = createVirtualClock(0);
  const failures: Failure[] = [];
  const loop = new WorkLoop(clock, { round, failed: (_, failure) => failures.push(failure) });
  return { clock, failures, loop };
};

describe('a loop whose rounds fail', () => {
  it('tells that it has failed often enough, goes on by itself ever more slowly, and ends when a round works', async () => {
    let rounds = 0;
    let well = false;
    const { clock, failures, loop } = open(async () => {
      rounds++;
      if (!well) throw new Error('not well');
    });
    loop.enqueue();
    await loop.idle();
    expect(failures.map(({ final }) => final)).toEqual([false, false, false, false, false, true]);
    expect(new Set(failures.map(({ since }) => since))).toEqual(new Set([0]));
    const times: number[] = [];
    for (let step = 0; step < 4_000; step++) {
      const before = failures.length;
      await clock.sleep(100);
      await turns(20);
      if (failures.length > before) times.push(clock.now());
    }
    const gaps = times.slice(1).map((time, at) => time - times[at]!);
    expect(gaps.slice(0, 4)).toEqual([6400, 12_800, 25_600, 30_000]);
    expect(Math.max(...gaps)).toBe(30_000);
    well = true;
    await clock.sleep(30_000);
    await loop.idle();
    const done = rounds;
    await clock.sleep(120_000);
    await turns();
    expect(rounds).toBe(done);
  });

  it('tries at once when something changes while it rests', async () => {
    let well = false;
    let done = false;
    const { loop } = open(async () => {
      if (!well) throw new Error('not well');
      done = true;
    });
    loop.enqueue();
    await loop.idle();
    well = true;
    loop.enqueue();
    await loop.idle();
    expect(done).toBe(true);
  });

  it('does nothing else meanwhile, and nothing any more when it is closed', async () => {
    let rounds = 0;
    const { clock, loop } = open(async () => {
      rounds++;
      throw new Error('not well');
    });
    loop.enqueue();
    await loop.idle();
    let other = false;
    loop.whenIdle(async () => {
      other = true;
    });
    expect(other).toBe(false);
    await loop.close();
    const before = rounds;
    await clock.sleep(60_000);
    loop.enqueue();
    await turns();
    expect(rounds).toBe(before);
  });
});

it('does what waits for idleness after the round that is under way', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const { loop } = open(async () => {
    await gate.promise;
    order.push('round');
  });
  loop.enqueue();
  await turns();
  loop.whenIdle(async () => {
    order.push('other');
  });
  gate.resolve();
  await turns();
  expect(order).toEqual(['round', 'other']);
});

it('does a round before a task that waits, so that tasks which take long keep no change waiting', async () => {
  const order: string[] = [];
  const { loop } = open(async () => void order.push('round'));
  const task = async (): Promise<void> => {
    order.push('task');
    if (order.length < 3) {
      loop.enqueue();
      loop.whenIdle(task);
    }
  };
  loop.whenIdle(task);
  await turns();
  expect(order).toEqual(['task', 'round', 'task']);
});

it('tells how long a round or a task is under way, so that one that hangs is seen', async () => {
  let end = (): void => {};
  const hang = () =>
    new Promise<void>((resolve) => {
      end = resolve;
    });
  const { clock, loop } = open(hang);
  await clock.sleep(1_000);
  expect(loop.busySince).toBeUndefined();
  loop.enqueue();
  await turns();
  await clock.sleep(500);
  expect(loop.busySince).toBe(1_000);
  end();
  await loop.idle();
  expect(loop.busySince).toBeUndefined();
  loop.whenIdle(hang);
  await turns();
  expect(loop.busySince).toBe(1_500);
  end();
  await loop.idle();
  expect(loop.busySince).toBeUndefined();
});
