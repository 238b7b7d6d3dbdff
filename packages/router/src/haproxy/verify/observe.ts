import type { RuleRecord } from '@limpet/contract';
import { type DataPlane, readConfigFolder } from '@limpet/data-plane';
import { readShowProc } from '@limpet/haproxy';
import { findPortConflicts, type PortConflicts } from '../admission/port-conflicts.ts';
import { type Certificates, certificateFiles } from '../config/certificates.ts';
import type { RouterPaths } from '../config/paths.ts';
import type { ProxySpec } from '../config/proxy-spec.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { BlockadeFinder, Blockades } from '../firewall/blockades.ts';
import { type ChainState, readChain } from '../firewall/sync-chain.ts';
import { type LiveState, readLiveState } from '../runtime/live-state.ts';
import { describeNotResponding, isNotResponding } from '../runtime/not-responding.ts';
import { type DistrustedCertificates, distrustedCertificates } from './distrusted-certificates.ts';
import { type MembersHealth, readMembersHealth } from './members.ts';
import { readUnsharedTables, type UnsharedTables } from './shared-tables.ts';

/** Pids of the master and of the worker that serves. */
export interface Processes {
  master: number;
  worker: number;
}

/** The state of a router's host, as it was read. */
export interface ObservedState {
  /** Undefined: HAProxy is not running. */
  processes: Processes | undefined;
  live: LiveState | undefined;
  /** By name, the files of the configuration's folder; empty when there is none. */
  config: ReadonlyMap<string, string>;
  stickMap: string | undefined;
  chain: ChainState | undefined;
  portConflicts: PortConflicts;
  blockades: Blockades;
  /** By rule id, of the rules that HAProxy was given; empty when it cannot be asked. */
  members: MembersHealth;
  /** Of the rules that HAProxy was given; empty when it cannot be asked. */
  unshared: UnsharedTables;
  distrusted: DistrustedCertificates;
  /** Describes a HAProxy that does not respond; undefined when it responds or is not running. */
  notResponding: string | undefined;
}

/** What is needed to observe a host beside its rules. */
export interface ObserveOptions {
  /** What HAProxy was given: the members of these are looked at. */
  specs: readonly ProxySpec[];
  blockadeFinder: BlockadeFinder;
  certificates: Certificates;
  settings: Pick<RouterSettings, 'pair'>;
}

/**
 * Reads everything that other programs could change. Its cost grows with the number of rules, so that it is not for
 * every change.
 *
 * @param rules those whose clients, and whose certificates, are looked for.
 */
export async function observe(
  dataPlane: DataPlane,
  paths: RouterPaths,
  rules: readonly RuleRecord[],
  { specs, blockadeFinder, certificates, settings }: ObserveOptions,
): Promise<ObservedState> {
  const { files, packetFilter } = dataPlane;
  const observeProxies = async () => {
    const haproxy = await observeHaproxy(dataPlane, paths, certificateFiles(rules));
    return {
      ...haproxy,
      members: haproxy.live ? await readMembersHealth(dataPlane.haproxy, specs, haproxy.live) : new Map(),
      unshared: haproxy.live ? await readUnsharedTables(dataPlane.haproxy, specs, settings) : new Map(),
    };
  };
  const [proxies, chain, blockades] = await Promise.all([
    observeProxies(),
    readChain(packetFilter),
    blockadeFinder.find(rules),
  ]);
  return {
    ...proxies,
    config: await readConfigFolder(files, paths.config),
    stickMap: await files.read(paths.stickMap),
    ...{ chain, blockades },
    distrusted: distrustedCertificates(rules, certificates, dataPlane.clock.now()),
  };
}

type ObservedHaproxy = Pick<ObservedState, 'processes' | 'live' | 'portConflicts' | 'notResponding'>;

async function observeHaproxy(
  dataPlane: DataPlane,
  paths: RouterPaths,
  files: readonly string[],
): Promise<ObservedHaproxy> {
  const { haproxy } = dataPlane;
  let processes: Processes | undefined;
  try {
    const running = await haproxy.running();
    const proc = running ? readShowProc(await haproxy.master('show proc')) : undefined;
    processes = proc && { master: proc.master.pid, worker: proc.workers[0]?.pid ?? 0 };
    return {
      processes,
      live: running ? await readLiveState(haproxy, paths, { certificateFiles: files }) : undefined,
      portConflicts: await findPortConflicts(dataPlane),
      notResponding: undefined,
    };
  } catch (error) {
    if (!isNotResponding(error)) throw error;
    return {
      processes,
      live: undefined,
      portConflicts: new Map(),
      notResponding: describeNotResponding(error as Error, processes),
    };
  }
}
