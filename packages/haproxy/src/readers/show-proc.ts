import { linesOf, unexpected } from './unexpected.ts';

/** A worker or a program. */
export interface ChildProcessInfo {
  pid: number;
  /** `worker`, or a program's name. */
  type: string;
  /** Reloads since it was started, failed ones too: a current worker has more than 0 after a failed one. */
  reloads: number;
  /** Seconds. */
  uptime: number;
}

/** The master's processes. */
export interface ShowProc {
  /** `reloads` counts failed ones too. */
  master: { pid: number; reloads: number; uptime: number; version: string };
  workers: ChildProcessInfo[];
  /** Workers of earlier loads that still have connections. */
  oldWorkers: ChildProcessInfo[];
  /** Programs, current and old. */
  programs: ChildProcessInfo[];
  /** Reloads that failed one after the other, up to now: a reload that works sets it back to 0. */
  failed: number;
}

/** Up to 2.4 a column came before `reloads`: the process's number, `[was: 1]` in an old worker, `-` for a program. */
const relativePid = /^(\d+\s+\S+\s+)(?:\d+|-|\[was: \d+\])\s+/;
const row = /^(\d+)\s+(\S+)\s+(\d+)(?: \[failed: (\d+)\])?\s+(\d+)d(\d+)h(\d+)m(\d+)s\s*(\S*)\s*$/;

/**
 * Reads `show proc` of the master CLI.
 *
 * @throws HaproxyError `HAPROXY_UNEXPECTED_OUTPUT`.
 */
export function readShowProc(text: string): ShowProc {
  let list: ChildProcessInfo[] | undefined;
  let result: ShowProc | undefined;
  const numbered = /^#<PID>.*<relative PID>/.test(text);
  for (const line of linesOf(text)) {
    if (line.startsWith('#')) {
      list = listUnder(line, result);
      continue;
    }
    const match = row.exec(numbered ? line.replace(relativePid, '$1') : line);
    if (!match) throw unexpected('show proc', line);
    const [pid, , reloads, failed, days, hours, minutes, seconds] = match.slice(1).map(Number) as number[];
    const type = match[2]!;
    const uptime = ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
    if (type === 'master') {
      const master = { pid: pid!, reloads: reloads!, uptime, version: match[9]! };
      result = { master, workers: [], oldWorkers: [], programs: [], failed: failed || 0 };
    } else if (list) {
      list.push({ pid: pid!, type, reloads: reloads!, uptime });
    } else {
      throw unexpected('show proc', text);
    }
  }
  if (!result) throw unexpected('show proc', text);
  if (numbered) recallFailures(result);
  return result;
}

/**
 * Up to 2.4, a master whose reload has failed has no current worker until one works: the newest of the old ones serves on
 * (seen with 2.4.0). Each reload that worked would have made it an old one, so it has seen only such as failed.
 */
function recallFailures(result: ShowProc): void {
  if (result.workers.length > 0) return;
  const failed = Math.min(...result.oldWorkers.map(({ reloads }) => reloads));
  const serves = ({ reloads }: ChildProcessInfo): boolean => reloads === failed;
  if (result.oldWorkers.length === 0) return;
  result.failed = failed;
  result.workers = result.oldWorkers.filter(serves);
  result.oldWorkers = result.oldWorkers.filter((worker) => !serves(worker));
}

function listUnder(heading: string, result: ShowProc | undefined): ChildProcessInfo[] | undefined {
  if (heading.startsWith('# workers')) return result?.workers;
  if (heading.startsWith('# old workers')) return result?.oldWorkers;
  if (heading.startsWith('# programs') || heading.startsWith('# old programs')) return result?.programs;
  return undefined;
}
