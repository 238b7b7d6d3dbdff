import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** What SPIN says of a model. */
export interface SpinResult {
  readonly states: number;
  readonly transitions: number;
  readonly errors: number;
  /** The first name in the assertion that fails first; undefined when none does. */
  readonly violated: string | undefined;
}

/** SPIN's exact search of a Promela model, depth-first and without partial-order reduction; SPIN and a C compiler have to be there. */
export function runSpin(text: string): SpinResult {
  const folder = mkdtempSync(join(tmpdir(), 'limpet-spin-'));
  const run = (file: string, ...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(file, args, { cwd: folder, encoding: 'utf8' });
  try {
    writeFileSync(join(folder, 'model.pml'), text);
    expect(run('spin', '-a', 'model.pml').stdout).toBe('');
    expect(run('cc', '-O2', '-DNOREDUCE', '-DSAFETY', '-o', 'pan', 'pan.c')).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = run('./pan', '-m1000000', '-w20');
    // A search that is cut off would count less.
    expect(stdout).not.toContain('max search depth too small');
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
    return {
      states: number(/(\d+) states, stored/),
      // SPIN counts the initial state as a transition, too.
      transitions: number(/(\d+) transitions/) - 1,
      errors: number(/errors: (\d+)/),
      violated: /assertion violated [( ]*(\w+)/.exec(stdout)?.[1],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
