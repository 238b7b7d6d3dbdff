import type { Capabilities } from '@limpet/haproxy';
import type { Worker } from '../worker.ts';
import { unknownCommand } from './help.ts';
import { runWorker } from './worker.ts';

/** The state of the master and its workers. */
export interface MasterView {
  master: { pid: number; startedAt: number; reloads: number; failed: number };
  capabilities: Capabilities;
  current: Worker;
  old: readonly Worker[];
  now: number;
}

/** Runs one command of the master's CLI: its own, or `@!PID COMMAND` and `@1 COMMAND` for a worker. */
export function runMaster(view: MasterView, line: string): string {
  const words = line.trim().split(/\s+/);
  const [target = ''] = words;
  if (!target.startsWith('@')) return line.trim() === 'show proc' ? showProc(view) : unknownCommand(view.capabilities);
  const worker = [view.current, ...view.old].find(
    ({ pid }) => target === `@!${pid}` || (target === '@1' && pid === view.current.pid),
  );
  if (!worker) return `Can't find the target PID matching the prefix '${target}'`;
  return runWorker(worker, words.slice(1).join(' '), 'sockpair');
}

/**
 * Up to 2.4, each process has a number after its type, and nothing counts the reloads that failed: after one, the worker
 * that serves on is among the old ones.
 */
function showProc({ master, current, old, now, capabilities: { supported, version } }: MasterView): string {
  const failures = supported.has('failedReloads');
  const serves = failures || master.failed === 0;
  const former = serves ? old : [current, ...old];
  const columns = (pid: string, type: string, number: string, reloads: string, uptime: string, text: string) =>
    [...[pid, type, ...(failures ? [] : [number]), reloads, uptime].map((cell) => cell.padEnd(15)), text].join(' ');
  const row = (worker: Worker, number: string) =>
    columns(`${worker.pid}`, 'worker', number, `${worker.reloads}`, uptime(now - worker.startedAt), version.text);
  const reloads = failures ? `${master.reloads} [failed: ${master.failed}]` : `${master.reloads}`;
  return [
    columns('#<PID>', '<type>', '<relative PID>', '<reloads>', '<uptime>', '<version>').padEnd(79),
    columns(`${master.pid}`, 'master', '0', reloads, uptime(now - master.startedAt), version.text),
    '# workers',
    ...(serves ? [row(current, '1')] : []),
    ...(former.length > 0 ? ['# old workers', ...former.map((worker) => row(worker, '[was: 1]'))] : []),
    '# programs',
  ].join('\n');
}

function uptime(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = ms / 1000;
  return `${Math.floor(seconds / 86400)}d${two((seconds / 3600) % 24)}h${two((seconds / 60) % 60)}m${two(seconds % 60)}s`;
}
