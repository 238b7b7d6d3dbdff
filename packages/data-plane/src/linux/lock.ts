import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Locks of this process, with the callback for when another part of the process takes them. */
const own = new Map<string, () => void>();

/**
 * The start time of a process (proc_pid_stat(5), field 22), since pids are reused. Undefined when there is no process.
 */
const beginning = async (pid: number): Promise<string | undefined> => {
  try {
    // The name, field 2, may hold blanks and parentheses.
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Creates a lock by linking a complete file to its name, so that a lock without a holder is never visible. */
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

/** The pid of the process that holds the lock; undefined when it has died. */
const holderOf = async (path: string): Promise<number | undefined> => {
  const [pid, began] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  return began !== undefined && (await beginning(Number(pid))) === began ? Number(pid) : undefined;
};

/** Removes the lock of a dead process. A process that has taken the lock meanwhile gets it back. */
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

/** `Files.lock` with a lock file that names its process. */
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
