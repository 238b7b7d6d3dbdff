import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { search } from '../../testing/search.ts';
import type { CheckModelOptions } from '../transition-system/check-model.ts';
import { promela } from './promela.ts';

describe('SPIN on the exported model', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'limpet-spin-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function spin(options: CheckModelOptions) {
    await writeFile(join(folder, 'model.pml'), promela(options));
    const run = (file: string, ...args: string[]) => spawnSync(file, args, { cwd: folder, encoding: 'utf8' });
    expect(run('spin', '-a', 'model.pml').stdout).toBe('');
    expect(run('cc', '-O2', '-DNOREDUCE', '-DSAFETY', '-o', 'pan', 'pan.c').status).toBe(0);
    const { stdout } = run('./pan', '-m100000', '-w20');
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
    return {
      states: number(/(\d+) states, stored/),
      transitions: number(/(\d+) transitions/) - 1,
      errors: number(/errors: (\d+)/),
    };
  }

  it.each([
    { groups: 1, members: 1, symmetry: false },
    { groups: 1, members: 2, symmetry: false },
    { groups: 2, members: 1, symmetry: true },
  ])('visits as many states and transitions as we do: %j', async (options) => {
    const { states, transitions } = search(options);
    expect(await spin(options)).toEqual({ states, transitions, errors: 0 });
  });

  it.each(['seed', 'line-set-compare'] as const)('finds %s, too', async (bug) => {
    expect(await spin({ groups: 2, members: 1, symmetry: true, bug })).toMatchObject({ errors: 1 });
  });
});
