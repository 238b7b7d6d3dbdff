import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { withLock } from './lock.js';

const name = `test ${process.pid}`;

it('lets one work at a time, each in turn', async () => {
  let working = 0;
  let most = 0;
  const work = async (): Promise<number> => {
    most = Math.max(most, ++working);
    await new Promise(setImmediate);
    return working--;
  };
  let waits = 0;
  await Promise.all([1, 2, 3, 4].map(() => withLock(name, work, () => waits++)));
  expect(most).toBe(1);
  expect(waits).toBe(3);
});

it('is free again after work that fails', async () => {
  await expect(withLock(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(withLock(name, async () => 'done')).resolves.toBe('done');
});

it('does not make other names wait', async () => {
  await withLock(name, () => withLock(`${name} other`, async () => {}));
});

it('is free again when its holder is killed', async () => {
  const script = `
    const { withLock } = await import(process.argv[1]);
    await withLock(process.argv[2], () => { console.log('held'); return new Promise(() => {}); });`;
  const lock = new URL('./lock.js', import.meta.url).href;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script, lock, name]);
  await once(holder.stdout, 'data');
  let waited = () => {};
  const waiting = new Promise<void>((resolve) => {
    waited = resolve;
  });
  const mine = withLock(name, async () => 'mine', waited);
  await waiting;
  holder.kill('SIGKILL');
  await expect(mine).resolves.toBe('mine');
});
