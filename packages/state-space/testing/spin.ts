import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** What SPIN says of a model. */
export interface SpinResult {
  readonly states: number;
  readonly transitions: number;
  /** The first name in each assertion that fails, in the order of the alphabet. */
  readonly violated: readonly string[];
}

/**
 * SPIN's exact search of a Promela model, depth-first and without partial-order reduction; SPIN and a C compiler have to be there. It
 * goes on after an assertion that fails: which one a depth-first search meets first says nothing.
 */
export function runSpin(text: string): SpinResult {
  const folder = mkdtempSync(join(tmpdir(), 'limpet-spin-'));
  const run = (file: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(file, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  try {
    writeFileSync(join(folder, 'model.pml'), text);
    expect(run('spin', '-a', 'model.pml').stdout).toBe('');
    expect(run('cc', '-O1', '-DNOREDUCE', '-DSAFETY', '-o', 'pan', 'pan.c')).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = run('./pan', '-c0', '-m1000000', '-w20');
    // A search that is cut off would count less.
    expect(stdout).not.toContain('max search depth too small');
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
    return {
      states: number(/(\d+) states, stored/),
      // SPIN counts the initial state as a transition, too.
      transitions: number(/(\d+) transitions/) - 1,
      violated: [...new Set(stdout.matchAll(/assertion violated [( ]*(\w+)/g).map(([, name]) => name!))].sort(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
