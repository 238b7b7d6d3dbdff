import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFile } from './lock.ts';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'limpet-lock-'));
  path = join(dir, 'lock');
});
afterEach(() => rm(dir, { recursive: true }));

const lock = async () => {
  let lost = false;
  const held = await lockFile(path, () => {
    lost = true;
  });
  if ('heldBy' in held) throw new Error(`held by ${held.heldBy}`);
  return { release: () => held.release(), lost: () => lost };
};

/** A process that takes the lock, says how it went, and keeps it until its input ends. */
const elsewhere = async () => {
  const program = `import { lockFile } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    console.log(JSON.stringify(await lockFile(${JSON.stringify(path)}, () => {})));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    pid: child.pid!,
    answer: JSON.parse(said.toString()) as { heldBy?: number },
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
};

it('is held by one process, whose pid others are told, and leaves nothing behind', async () => {
  const mine = await lock();
  const other = await elsewhere();
  expect(other.answer).toEqual({ heldBy: process.pid });
  await mine.release();
  await other.kill();
  expect(await readdir(dir)).toEqual([]);
});

it('is taken over from a process that was killed', async () => {
  const other = await elsewhere();
  expect(await lockFile(path, () => {})).toEqual({ heldBy: other.pid });
  await other.kill();
  await (await lock()).release();
});

it('is taken over from a process whose pid another has by now, and from a file that names none', async () => {
  for (const text of [`${process.ppid} 1`, '', 'nonsense']) {
    await writeFile(path, text);
    const mine = await lock();
    expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+\n$`));
    await mine.release();
  }
});

it('goes to the newest within one process, and the older one is told', async () => {
  const first = await lock();
  const second = await lock();
  expect([first.lost(), second.lost()]).toEqual([true, false]);
  await first.release(); // not its own any more
  const other = await elsewhere();
  await other.kill();
  expect(other.answer.heldBy).toBe(process.pid);
  await second.release();
});
