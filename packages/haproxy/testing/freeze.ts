import { readdir, readFile } from 'node:fs/promises';

/**
 * Stops a process and waits until each of its threads has: `kill` returns when the signal is sent, and
 * a thread that is busy on another core may still answer a command after that (seen in CI, with 2.6.12).
 */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  while (!(await threadStates(pid)).every((state) => state === 'T')) await new Promise(setImmediate);
}

/** Of each thread the letter of proc(5), `/proc/pid/stat`, field 3: `T` is stopped. */
async function threadStates(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/task`;
  const stats = await Promise.all((await readdir(folder)).map((tid) => readFile(`${folder}/${tid}/stat`, 'utf8')));
  return stats.map((stat) => stat.charAt(stat.lastIndexOf(')') + 2));
}
