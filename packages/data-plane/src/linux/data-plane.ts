import { join } from 'node:path';
import { HaproxyProcess, openProbe } from '@limpet/haproxy';
import { Iptables } from '@limpet/netfilter';
import type { Clock, DataPlane } from '../ports.ts';
import { nodeFiles } from './files.ts';
import { hardLimitOf } from './limits.ts';
import { listenersIn } from './listeners.ts';
import { readInterfaces, readPacketPath } from './packet-path.ts';
import { sqliteStateStore } from './state/state-store.ts';

type HaproxyOptions = ConstructorParameters<typeof HaproxyProcess>[0];

/** Where the programs and files of a real data plane are. */
export interface RealDataPlaneOptions {
  /** Runs and starts programs where the router is: on this host, or in a network namespace. */
  exec: HaproxyOptions['exec'];
  spawn: HaproxyOptions['spawn'];
  /** The folder of HAProxy's config, sockets and pid file. Absolute. */
  dir: string;
  clock: Clock;
  /** Whether HAProxy outlives the program that starts it. Default: false. */
  daemon?: boolean;
  /** The unit of systemd that runs HAProxy on the files in `dir`; it is started when {@link START_FILE} is written there. */
  unit?: string | undefined;
}

/** The file in the router's folder by which a unit of systemd learns that HAProxy is wanted. */
export const START_FILE = 'haproxy.start';

/** A real HAProxy, iptables and file system. */
export function createRealDataPlane(options: RealDataPlaneOptions): DataPlane {
  const { exec, spawn, dir, clock, daemon = false, unit } = options;
  return {
    kind: 'real',
    files: nodeFiles,
    stateStore: sqliteStateStore,
    haproxy: new HaproxyProcess({
      exec,
      spawn,
      configPath: join(dir, 'haproxy.cfg'),
      masterSocket: join(dir, 'master.sock'),
      statsSocket: join(dir, 'admin.sock'),
      pidFile: join(dir, 'haproxy.pid'),
      daemon,
      ...(unit !== undefined && { unit: { name: unit, startFile: join(dir, START_FILE) } }),
    }),
    packetFilter: new Iptables({ exec }),
    prober: { open: openProbe },
    clock,
    localAddresses: async () => [...(await readInterfaces(exec)).keys()],
    // A child of this process is in the network namespace of HAProxy, whose setting counts.
    bindsNonlocal: async () => (await exec('cat', ['/proc/sys/net/ipv4/ip_nonlocal_bind'])).stdout.trim() === '1',
    packetPath: () => readPacketPath(exec),
    listeners: async () => listenersIn((await exec('ss', ['-Hltnp4'])).stdout),
    // A child of this process has the limits that HAProxy gets.
    descriptorLimit: async () => hardLimitOf((await exec('cat', ['/proc/self/limits'])).stdout),
  };
}
