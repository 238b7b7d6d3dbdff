import type { ChildProcess } from 'node:child_process';

/** Runs a program to its end. Rejects only when it cannot be run at all. */
export type Exec = (
  file: string,
  args: readonly string[],
  options?: { input?: string },
) => Promise<{ code: number; stdout: string; stderr: string }>;

/** Starts a program and leaves it running, with stdout and stderr as pipes. The child's pid must be the program's own. */
export type Spawn = (file: string, args: readonly string[]) => ChildProcess;
