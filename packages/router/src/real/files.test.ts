import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodeFiles } from './files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-files-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('replaces a file whole, and adds to one that is there', async () => {
  const path = join(dir, 'a');
  expect(await nodeFiles.read(path)).toBeUndefined();
  await nodeFiles.write(path, 'one\n');
  await nodeFiles.write(path, 'two\n');
  await nodeFiles.append(path, 'three\n');
  expect(await readFile(path, 'utf8')).toBe('two\nthree\n');
  expect(await readdir(dir)).toEqual(['a']);
});

it('adds to no file that is not there: what it belongs to would be missing', async () => {
  await expect(nodeFiles.append(join(dir, 'b'), 'x')).rejects.toThrow('ENOENT');
});
