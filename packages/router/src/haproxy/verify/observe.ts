import type { DataPlane } from '@limpet/data-plane';
import { readShowProc } from '@limpet/haproxy';
import { type Strangers, strangersOn } from '../admission/port-conflicts.ts';
import type { RouterPaths } from '../config/paths.ts';
import { type AcceptChain, readChain } from '../firewall/sync-chain.ts';
import { type LiveProxy, readLive } from '../runtime/live-state.ts';
import { isSilence, silence } from '../runtime/not-responding.ts';

/** Pids of the master and of the worker that serves. */
export interface Processes {
  master: number;
  worker: number;
}

/** A router's machine, as it was found. */
export interface Found {
  /** Undefined: HAProxy is not running. */
  processes: Processes | undefined;
  live: LiveProxy | undefined;
  config: string | undefined;
  stickMap: string | undefined;
  chain: AcceptChain | undefined;
  strangers: Strangers;
  /** What is said of a HAProxy that is there and does not answer; undefined: it does, or is not there. */
  silent: string | undefined;
}

/**
 * Reads all that others could change. Costs what is there: not for every change.
 *
 * @param certificateFiles those that HAProxy is asked for
 */
export async function lookAround(
  dataPlane: DataPlane,
  paths: RouterPaths,
  certificateFiles: readonly string[],
): Promise<Found> {
  const { files, packetFilter } = dataPlane;
  return {
    ...(await lookAtHaproxy(dataPlane, paths, certificateFiles)),
    config: await files.read(paths.config),
    stickMap: await files.read(paths.stickMap),
    chain: await readChain(packetFilter),
  };
}

export type FoundHaproxy = Pick<Found, 'processes' | 'live' | 'strangers' | 'silent'>;

export async function lookAtHaproxy(
  dataPlane: DataPlane,
  paths: RouterPaths,
  certificateFiles: readonly string[],
): Promise<FoundHaproxy> {
  const { haproxy } = dataPlane;
  let processes: Processes | undefined;
  try {
    const running = await haproxy.running();
    const proc = running ? readShowProc(await haproxy.master('show proc')) : undefined;
    processes = proc && { master: proc.master.pid, worker: proc.workers[0]?.pid ?? 0 };
    return {
      processes,
      live: running ? await readLive(haproxy, paths, { certificateFiles }) : undefined,
      strangers: await strangersOn(dataPlane),
      silent: undefined,
    };
  } catch (error) {
    if (!isSilence(error)) throw error;
    return { processes, live: undefined, strangers: new Map(), silent: silence(error as Error, processes) };
  }
}
