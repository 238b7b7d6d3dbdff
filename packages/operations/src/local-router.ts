import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RuleRecord } from '@limpet/contract';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { type Exec, exec as execHere, requireTools, withSystemFolders } from '@limpet/lab';
import {
  inspectRouter,
  longestRouterDir,
  type RouterLocation,
  type RouterSnapshot,
  routerDirCharacters,
} from '@limpet/router';
import { RulesError } from './errors.ts';

/**
 * Locates the router on this machine, or in this network namespace. Its HAProxy outlives this process.
 *
 * @param dir the router's folder; relative to the working directory
 * @param exec runs the programs of the router's machine
 * @param unit the unit of systemd that runs HAProxy; without one, HAProxy is started as a daemon
 * @throws RulesError `DIR_TOO_LONG`, `DIR_UNUSABLE`; LabError `LAB_MISSING_TOOL` with the line that installs what is missing
 */
export function localRouter(dir: string, exec: Exec = execHere, unit?: string): RouterLocation {
  const path = resolve(dir);
  if (Buffer.byteLength(path) > longestRouterDir) {
    throw new RulesError('DIR_TOO_LONG', [
      `--dir: ${path} has ${Buffer.byteLength(path)} bytes, and Linux has room for ${longestRouterDir} before the names of HAProxy's sockets; give a shorter one`,
    ]);
  }
  if (!routerDirCharacters.test(path)) {
    throw new RulesError('DIR_UNUSABLE', [
      `--dir: ${JSON.stringify(path)} has other characters than letters, digits and / . _ @ % -, which HAProxy's configuration takes; give another one`,
    ]);
  }
  requireTools(['haproxy', 'iptables-restore', 'ip']);
  process.env.PATH = withSystemFolders(process.env.PATH);
  const dataPlane = createRealDataPlane({
    exec,
    spawn: (file, args) => spawn(file, args),
    dir: path,
    clock: systemClock,
    daemon: true,
    unit,
  });
  return { dataPlane, dir: path };
}

/**
 * Reads the state of the router: what it was given, and what runs.
 *
 * @throws RulesError `NO_PERMISSION`, IptablesError, RouterError `ROUTER_STATE_UNREADABLE`
 */
export const inspectLocalRouter = (
  location: RouterLocation,
  rules: readonly RuleRecord[] = [],
): Promise<RouterSnapshot> => explainPermission(location.dir, () => inspectRouter(location, rules));

/**
 * Makes the router's folder, for its owner only, unless it exists.
 *
 * @throws RulesError `NO_PERMISSION`
 */
export async function createRouterDir(dir: string): Promise<void> {
  await explainPermission(dir, () => mkdir(dir, { recursive: true, mode: 0o700 }));
}

async function explainPermission<T>(dir: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')))
      throw error;
    throw new RulesError('NO_PERMISSION', [`${error.message}; run as the owner of ${dir}, or give another --dir`], {
      cause: error,
    });
  }
}
