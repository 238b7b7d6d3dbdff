import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Locks of this process, and who is to be told when another part of it takes them. */
const own = new Map<string, () => void>();

/** When the process began (proc_pid_stat(5), field 22): a pid is given to others later. Undefined: there is none. */
const beginning = async (pid: number): Promise<string | undefined> => {
  try {
    // The name, field 2, may hold blanks and parentheses.
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Links a written file to its name, so that nobody ever sees a lock without a holder. */
const create = async (path: string): Promise<boolean> => {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, `${process.pid} ${await beginning(process.pid)}\n`, { mode: 0o600 });
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
};

/** The process that holds the lock, if it lives. */
const holderOf = async (path: string): Promise<number | undefined> => {
  const [pid, began] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  return began !== undefined && (await beginning(Number(pid))) === began ? Number(pid) : undefined;
};

/** Takes away what a dead process has left; somebody who was quicker, and holds it by now, gets it back. */
const sweep = async (path: string): Promise<void> => {
  const stale = `${path}.${process.pid}.stale`;
  try {
    await rename(path, stale);
    if ((await holderOf(stale)) !== undefined) await link(stale, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(stale, { force: true });
  }
};

/** A lock file that names a process, as `Files.lock` wants it. */
export async function lockFile(
  path: string,
  lost: () => void,
): Promise<{ release(): Promise<void> } | { heldBy: number }> {
  while (!(await create(path))) {
    const heldBy = await holderOf(path);
    if (heldBy === process.pid) break;
    if (heldBy !== undefined) return { heldBy };
    await sweep(path);
  }
  own.get(path)?.();
  own.set(path, lost);
  return {
    async release() {
      if (own.get(path) !== lost) return;
      own.delete(path);
      await rm(path, { force: true });
    },
  };
}
