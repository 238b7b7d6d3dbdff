import type { Worker } from '../worker.ts';
import { unknownCommand } from './help.ts';
import { VERSION } from './information.ts';
import { runWorker } from './worker.ts';

/** The state of the master and its workers. */
export interface MasterView {
  master: { pid: number; startedAt: number; reloads: number; failed: number };
  current: Worker;
  old: readonly Worker[];
  now: number;
}

/** Runs one command of the master's CLI: its own, or `@!PID COMMAND` and `@1 COMMAND` for a worker. */
export function runMaster(view: MasterView, line: string): string {
  const words = line.trim().split(/\s+/);
  const [target = ''] = words;
  if (!target.startsWith('@')) return line.trim() === 'show proc' ? showProc(view) : unknownCommand;
  const worker = [view.current, ...view.old].find(
    ({ pid }) => target === `@!${pid}` || (target === '@1' && pid === view.current.pid),
  );
  if (!worker) return `Can't find the target PID matching the prefix '${target}'`;
  return runWorker(worker, words.slice(1).join(' '), 'sockpair');
}

function showProc({ master, current, old, now }: MasterView): string {
  const columns = (pid: string, type: string, reloads: string, uptime: string, version: string) =>
    [...[pid, type, reloads, uptime].map((cell) => cell.padEnd(15)), version].join(' ');
  const row = (worker: Worker) =>
    columns(`${worker.pid}`, 'worker', `${worker.reloads}`, uptime(now - worker.startedAt), VERSION);
  return [
    columns('#<PID>', '<type>', '<reloads>', '<uptime>', '<version>').padEnd(79),
    columns(
      `${master.pid}`,
      'master',
      `${master.reloads} [failed: ${master.failed}]`,
      uptime(now - master.startedAt),
      VERSION,
    ),
    '# workers',
    row(current),
    ...(old.length > 0 ? ['# old workers', ...old.map(row)] : []),
    '# programs',
  ].join('\n');
}

function uptime(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = ms / 1000;
  return `${Math.floor(seconds / 86400)}d${two((seconds / 3600) % 24)}h${two((seconds / 60) % 60)}m${two(seconds % 60)}s`;
}
