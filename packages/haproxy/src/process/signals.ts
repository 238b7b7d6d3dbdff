import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 5;

/** True for a child that was started and has not ended. */
export function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** True when there is a process with this id, of whatever user. A zombie counts. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Sends a signal. Does nothing when the process has ended meanwhile.
 *
 * @throws what the kernel refuses otherwise: `EPERM` for a process of another user.
 */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves to true when the child has exited, to false when it has not within `timeoutMs`. */
export async function childEnds(child: ChildProcess, timeoutMs: number): Promise<boolean> {
  if (!isAlive(child)) return true;
  const timeout = new AbortController();
  const exit = once(child, 'exit', { signal: timeout.signal }).then(() => true);
  const late = sleep(timeoutMs, false, { signal: timeout.signal });
  const ended = await Promise.race([exit, late]);
  timeout.abort();
  await Promise.allSettled([exit, late]);
  return ended;
}

/** The same of a process that is no child of this one: it is looked for every 5 ms. */
export async function processEnds(pid: number, timeoutMs: number): Promise<boolean> {
  const giveUp = performance.now() + timeoutMs;
  while (performance.now() < giveUp) {
    if (!exists(pid)) return true;
    await sleep(pollMs);
  }
  return false;
}
