import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Measured } from './measured.ts';

const run = promisify(execFile);

/** Exact modes only: no bit-state hashing, no hash compaction. Partial-order reduction would change the counts. */
const modes = [
  { program: 'SPIN, depth-first', flags: ['-DNOREDUCE', '-DSAFETY'] },
  { program: 'SPIN, breadth-first on 2 cores', flags: ['-DNOREDUCE', '-DSAFETY', '-DBFS_PAR', '-DNCORE=2'] },
] as const;

const number = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]);

/**
 * SPIN on an exported model, in each exact mode; only the search is timed, not the compilation. A mode whose counts
 * SPIN itself reports differently (BFS_PAR drops states when its queues are full) is left out, and said to be.
 */
export async function runSpin(promela: string, say: (line: string) => void): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'limpet-bench-'));
  try {
    await writeFile(join(folder, 'model.pml'), promela);
    await run('spin', ['-a', 'model.pml'], { cwd: folder });
    const measured: Measured[] = [];
    for (const { program, flags } of modes) {
      await run('cc', ['-O2', ...flags, '-o', 'pan', 'pan.c'], { cwd: folder });
      const started = performance.now();
      const { stdout } = await run('./pan', ['-m1000000', '-w24'], { cwd: folder, maxBuffer: 2 ** 26 });
      const seconds = (performance.now() - started) / 1000;
      const states = number(stdout, /(\d+) states, stored/);
      // SPIN counts the initial state as a transition, too.
      const transitions = number(stdout, /(\d+) transitions/) - 1;
      const bytes = number(stdout, /([\d.e+]+)\s+total actual memory usage/) * 2 ** 20;
      if (Number.isNaN(states)) say(`${program}: no result: ${stdout.slice(0, 200)}`);
      else measured.push({ program, states, transitions, seconds, bytesPerState: bytes / states || undefined });
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true });
  }
}
