import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { childEnds, exists, isAlive, kill, processEnds } from './signals.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function sleeper(): ChildProcess & { pid: number } {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  started.push(child);
  return child as ChildProcess & { pid: number };
}

it('sees a child alive until it is killed, and that it has ended', async () => {
  const child = sleeper();
  expect([isAlive(child), exists(child.pid)]).toEqual([true, true]);
  expect(await childEnds(child, 20)).toBe(false);
  kill(child.pid, 'SIGTERM');
  expect(await childEnds(child, 30_000)).toBe(true);
  expect([isAlive(child), await childEnds(child, 0)]).toEqual([false, true]);
});

it('waits for a process by its id', async () => {
  const child = sleeper();
  expect(await processEnds(child.pid, 20)).toBe(false);
  const exit = once(child, 'exit');
  kill(child.pid, 'SIGKILL');
  await exit;
  expect(await processEnds(child.pid, 30_000)).toBe(true);
});

it('does not mind to signal a process that has ended', async () => {
  const child = sleeper();
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  expect(() => kill(child.pid, 'SIGTERM')).not.toThrow();
  expect([exists(child.pid), isAlive(undefined)]).toEqual([false, false]);
});
