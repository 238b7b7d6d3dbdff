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
}

/** A real HAProxy, iptables and file system. */
export function createRealDataPlane({ exec, spawn, dir, clock, daemon = false }: RealDataPlaneOptions): DataPlane {
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
