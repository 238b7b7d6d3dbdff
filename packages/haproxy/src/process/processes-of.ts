import { readdirSync, readFileSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import type { Exec } from './exec.ts';

/** In the foreground, or as systemd has it. */
const masterWorker = new Set(['-W', '-Ws']);

interface Candidate {
  pid: number;
  parent: number;
}

/**
 * Pids of the HAProxy that was started with this pid file, in the network namespace in which `exec` runs programs: the
 * master first, if it lives. Told by their words (`-p PIDFILE`, also after a reload), not by the file's: that may be
 * gone, or name a pid that another program has by now. A zombie has no words.
 */
export async function processesOf(pidFile: string, exec: Exec): Promise<number[]> {
  // Synchronously: no device is waited for, and each asynchronous read of a file without a size takes 64 KiB, which all
  // processes of a machine together turn into garbage collections.
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = all.map((name) => candidate(Number(name), pidFile)).filter((each) => !!each);
  if (found.length === 0) return [];
  const here = (await exec('readlink', ['/proc/self/ns/net'])).stdout.trim();
  const namespaces = await Promise.all(found.map(({ pid }) => readlink(`/proc/${pid}/ns/net`).catch(() => undefined)));
  const ours = found.filter((_, at) => namespaces[at] === here);
  const isWorker = ({ parent }: Candidate): boolean => ours.some(({ pid }) => pid === parent);
  return ours.sort((a, b) => Number(isWorker(a)) - Number(isWorker(b)) || a.pid - b.pid).map(({ pid }) => pid);
}

function candidate(pid: number, pidFile: string): Candidate | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (words[words.indexOf('-p') + 1] !== pidFile || !words.some((word) => masterWorker.has(word))) return undefined;
    // The name, field 2 of proc_pid_stat(5), may hold blanks and parentheses.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { pid, parent: Number(parent) };
  } catch {
    return undefined; // it has ended
  }
}
