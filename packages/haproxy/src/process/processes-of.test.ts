import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { processesOf } from './processes-of.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

const exec = async (_: string, [link]: readonly string[]) => ({ code: 0, stdout: await readlink(link!), stderr: '' });
const pidFile = `/run/limpet-${process.pid}.pid`;

/** A process that has these words after its own. */
async function withWords(...words: string[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6); console.log()', '--', ...words]);
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

it('finds the HAProxy of a pid file, also one that systemd has started, and no other process', async () => {
  await withWords('-W', '-p', '/run/other.pid');
  await withWords('-p', pidFile);
  const own = [await withWords('-D', '-W', '-p', pidFile), await withWords('-Ws', '-p', pidFile)];
  expect((await processesOf(pidFile, exec)).toSorted()).toEqual(own.toSorted());
});
