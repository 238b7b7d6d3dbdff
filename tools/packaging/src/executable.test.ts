import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyStripped } from './executable.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-strip-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('copies a program whole, and says so, where there is no strip', async () => {
  const copy = join(folder, 'copy');
  expect(await copyStripped('/bin/true', copy, 'no-such-strip')).toBe(false);
  expect((await readFile(copy)).equals(await readFile('/bin/true'))).toBe(true);
});

it('fails where strip does', async () => {
  await expect(copyStripped(join(folder, 'no-such-program'), join(folder, 'copy'), 'false')).rejects.toThrow(
    'Command failed: false',
  );
});
