import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryFiles } from '../memory/files.ts';
import { nodeFiles } from './files.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-files-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('replaces a file whole', async () => {
  const path = join(dir, 'a');
  expect(await nodeFiles.read(path)).toBeUndefined();
  await nodeFiles.write(path, 'one\n');
  await nodeFiles.write(path, 'two\n');
  expect(await readFile(path, 'utf8')).toBe('two\n');
  expect(await readdir(dir)).toEqual(['a']);
});

it.each([
  ['a FIFO', (path: string) => promisify(execFile)('mkfifo', [path])],
  ['a directory', (path: string) => mkdir(path)],
  ['a device', (path: string) => symlink('/dev/zero', path)],
])('does not read %s, nor wait for it', async (_, make) => {
  const path = join(dir, 'a');
  await make(path);
  await expect(nodeFiles.read(path)).rejects.toMatchObject({
    code: 'ROUTER_FILE_UNUSABLE',
    message: `${path} is not a regular file`,
  });
});

it.each([
  ['real', () => nodeFiles],
  ['in memory', () => new MemoryFiles()],
])('reads no file that is longer than is asked for: %s', async (_, make) => {
  const [files, path] = [make(), join(dir, 'a')];
  await files.write(path, 'four');
  expect(await files.read(path, 4)).toBe('four');
  await expect(files.read(path, 3)).rejects.toMatchObject({
    code: 'ROUTER_FILE_UNUSABLE',
    message: `${path} is 4 bytes long; at most 3 are read`,
  });
});
