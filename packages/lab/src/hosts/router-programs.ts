import { spawn as spawnProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabError } from '../errors.ts';
import { type Exec, type ExecResult, exitCode, type Spawn } from '../exec.ts';
import type { Namespace } from '../network/namespace.ts';
import { LAB_ROOT } from '../paths.ts';
import { Host } from './host.ts';
import type { Programs } from './router-host.ts';

/** The programs of a router, and their files. */
export interface RouterPrograms {
  /** A folder of the router's own on the box's tmpfs, mode 0755. */
  dir: string;
  /** Runs a program to its end in the router's network namespace. */
  exec: Exec;
  /** Starts a program in the router's network namespace; `pid` is the program's own. It ends with the lab at the latest. */
  spawn: Spawn;
  /** Ends all that `exec` and `spawn` have started, and what that has started. */
  endPrograms(): Promise<void>;
}

/** Programs in `namespace`. `close` ends the namespace with all of them, and removes the folder. */
export async function openRouterPrograms(namespace: Namespace): Promise<RouterPrograms & { close(): Promise<void> }> {
  const dir = await mkdtemp(join(LAB_ROOT, 'lab-'));
  await chmod(dir, 0o755);
  const host = new Host<Programs>(namespace, './router-host.ts');
  let closing = false;
  return {
    dir,
    exec: (file, args, { input } = {}) =>
      host.call('run', { file, args, input }).catch((error: LabError): ExecResult => {
        if (closing) return { code: exitCode(null, 'SIGKILL'), stdout: '', stderr: '' };
        throw error;
      }),
    spawn: (file, args) => {
      const command = namespace.enter(file, args);
      return spawnProcess(command.file, command.args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    },
    endPrograms: () => namespace.endOthers([host.pid!]),
    async close() {
      closing = true;
      await host.close();
      await namespace.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
