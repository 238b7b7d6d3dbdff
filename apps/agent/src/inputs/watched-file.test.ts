import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { largestFile, WatchedFile } from './watched-file.ts';

let folder: string;
let path: string;
let seen: string[];
let ticks: (() => void)[];
let watched: WatchedFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limpet-watch-'));
  path = join(folder, 'etc', 'rules.yaml');
  seen = [];
  ticks = [];
  const after = (_: number, run: () => void) => {
    ticks.push(run);
    return () => {};
  };
  watched = new WatchedFile(
    path,
    { after },
    {
      content: (text) => void seen.push(text),
      unreadable: (error) => void seen.push((error as NodeJS.ErrnoException).code ?? error.message),
    },
  );
});
afterEach(async () => {
  watched.close();
  await rm(folder, { recursive: true });
});

/** Watches with rests that end when the test says so. */
function watchWithRests() {
  const rests: (() => void)[] = [];
  watched = new WatchedFile(
    path,
    { after: () => () => {} },
    { content: (text) => void seen.push(text), unreadable: (error) => void seen.push(error.message) },
    () => new Promise<void>((resolve) => rests.push(resolve)),
  );
  /** Ends the rest that comes next. */
  const end = async (): Promise<void> => {
    await expect.poll(() => rests.length).toBeGreaterThan(0);
    rests.shift()!();
  };
  return { rests, end };
}

const sees = (...expected: string[]) => expect.poll(() => seen).toEqual(expected);
const tick = (): void => ticks.shift()!();

it('tells what is written in place and by rename, the last content always, and each once', async () => {
  await mkdir(join(folder, 'etc'));
  await writeFile(path, 'one');
  watched.start();
  await sees('one');
  await writeFile(path, 'two');
  await expect.poll(() => seen.at(-1)).toBe('two');
  await writeFile(`${path}.new`, 'three');
  await rename(`${path}.new`, path);
  await expect.poll(() => seen.at(-1)).toBe('three');
  for (let line = 0; line < 50; line++) await appendFile(path, `\n${line}`);
  await expect.poll(() => seen.at(-1)).toMatch(/\n49$/);
  const before = seen.length;
  tick();
  await writeFile(`${path}.other`, 'another file');
  await writeFile(path, 'four');
  await expect.poll(() => seen.at(-1)).toBe('four');
  expect(seen.slice(before).filter((text) => text !== '' && text !== 'four')).toEqual([]);
});

it('finds a file whose folder comes later, and one that is gone for a while', async () => {
  watched.start();
  await sees('ENOENT');
  await mkdir(join(folder, 'etc'));
  await writeFile(path, 'one');
  tick();
  await sees('ENOENT', 'one');
  await rm(path);
  await sees('ENOENT', 'one', 'ENOENT');
  await writeFile(path, 'one');
  await expect.poll(() => seen.at(-1)).toBe('one');
});

it.each([
  ['a FIFO', () => promisify(execFile)('mkfifo', [path])],
  ['a device', () => symlink('/dev/zero', path)],
])('says that %s is no file, and reads the file that comes after it', async (_, make) => {
  await mkdir(join(folder, 'etc'));
  await make();
  watched.start();
  await sees('expected a regular file, found a FIFO, a socket or a device; put a file there');
  await rm(path);
  await writeFile(path, 'one');
  await expect.poll(() => seen.at(-1)).toBe('one');
});

it('reads no file that is too large, says so, and reads one that is not', async () => {
  await mkdir(join(folder, 'etc'));
  await writeFile(path, '');
  await truncate(path, largestFile + 1);
  watched.start();
  await sees(`expected at most ${largestFile} bytes, found ${largestFile + 1}`);
  await truncate(path, 3);
  await expect.poll(() => seen.at(-1)).toBe('\0\0\0');
});

it('tells the same content again when it is told to', async () => {
  await mkdir(join(folder, 'etc'));
  await writeFile(path, 'one');
  watched.start();
  await sees('one');
  watched.retry();
  tick();
  await sees('one', 'one');
});

it('tells nothing after it was closed', async () => {
  await mkdir(join(folder, 'etc'));
  await writeFile(path, 'one');
  watched.start();
  watched.close();
  tick();
  await writeFile(path, 'two');
  expect(seen).toEqual([]);
});

it('tells no content that is written further after a rest: half of a rules file is one with fewer rules', async () => {
  await mkdir(join(folder, 'etc'));
  const { rests, end } = watchWithRests();
  await writeFile(path, 'half');
  watched.start();
  await expect.poll(() => rests.length).toBe(1);
  await appendFile(path, ' and half');
  await end();
  await end();
  await sees('half and half');
});

it('tells a content of a file that never rests', async () => {
  await mkdir(join(folder, 'etc'));
  const { end } = watchWithRests();
  await writeFile(path, '0');
  watched.start();
  for (let time = 1; seen.length === 0 && time < 50; time++) {
    await writeFile(`${path}.new`, `${time}`);
    await rename(`${path}.new`, path);
    await end();
  }
  await expect.poll(() => seen.length).toBeGreaterThan(0);
});
