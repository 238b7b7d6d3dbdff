import { type HaproxyVersion, readVersion } from '@limpet/haproxy';
import type { Clock, DataPlane, Listener } from '../ports.ts';
import { MemoryClients } from './clients.ts';
import { createVirtualClock } from './clock.ts';
import { MemoryFiles } from './files.ts';
import { MemoryPacketFilter } from './filter/packet-filter.ts';
import { MemoryHaproxy } from './haproxy.ts';
import { MemoryProber } from './prober.ts';
import { createRandom, type Random } from './random.ts';
import { MemoryStateStore } from './state-store.ts';
import { MemoryVms } from './vms.ts';

/** What is around a data plane in memory. */
export interface MemoryDataPlaneOptions {
  /** IPv4 addresses of the router, which tests may change: HAProxy can bind these, and clients reach these. */
  localAddresses: readonly string[];
  /** Default: a virtual clock, on which time passes by `sleep` alone. */
  clock?: Clock;
  /** Default: seeded, so that every run is the same. */
  random?: Random;
  /** Milliseconds for which a reload's new worker learns the tables of the old one; default 0. */
  lessonMs?: number;
  /** The version of HAProxy, such as `2.2.9`. Default: Debian 12's, 2.6.12. */
  haproxyVersion?: string | undefined;
}

/** Linux' default for the hard limit of root (`fs.nr_open`). */
const descriptorLimit = 1_048_576;

/** An emulated host of a router, with clients and VMs around it. */
export interface MemoryDataPlane extends DataPlane {
  kind: 'memory';
  files: MemoryFiles;
  stateStore: MemoryStateStore;
  haproxy: MemoryHaproxy;
  packetFilter: MemoryPacketFilter;
  clients: MemoryClients;
  vms: MemoryVms;
  /** Settings of the kernel; to be changed by tests. `nonlocalBind`, at first off: `net.ipv4.ip_nonlocal_bind`. */
  kernel: { nonlocalBind: boolean };
  /** Sockets of other programs, which HAProxy then cannot bind; to be changed by tests. */
  otherListeners: Listener[];
}

/** A build with OpenSSL and Lua, as all distributions have it. */
const versionOf = (text = '2.6.12'): HaproxyVersion => ({
  ...readVersion(text),
  features: new Set(['OPENSSL', 'LUA']),
});

/** Creates an emulated host without files, with HAProxy stopped, and INPUT policy DROP as on a CloudStack router. */
export function createMemoryDataPlane(options: MemoryDataPlaneOptions): MemoryDataPlane {
  const { localAddresses, clock = createVirtualClock(), random = createRandom(1), lessonMs = 0 } = options;
  const version = versionOf(options.haproxyVersion);
  const files = new MemoryFiles();
  const packetFilter = new MemoryPacketFilter();
  const vms = new MemoryVms((gone) => {
    for (const worker of haproxy.workers()) {
      for (const connection of worker.connections()) {
        if (connection.vm !== undefined && gone.has(connection.vm)) worker.close(connection);
      }
    }
  });
  const kernel = { nonlocalBind: false };
  const otherListeners: Listener[] = [];
  const haproxy = new MemoryHaproxy({
    files,
    clock,
    isBindable: (ip) => kernel.nonlocalBind || localAddresses.includes(ip),
    vmAt: (ip, port) => vms.at(ip, port),
    isTaken: (ip, port) => otherListeners.some((each) => each.ip === ip && each.port === port),
    lessonMs,
    version,
  });
  return {
    kind: 'memory',
    files,
    stateStore: new MemoryStateStore(),
    haproxy,
    packetFilter,
    prober: new MemoryProber(haproxy),
    clock,
    localAddresses: async () => [...localAddresses],
    bindsNonlocal: async () => kernel.nonlocalBind,
    kernel,
    packetPath: async () => ({
      rulesets: [{ backend: 'nft', text: await packetFilter.save() }],
      sets: '',
      interfaces: new Map(localAddresses.map((address) => [address, 'eth2'])),
      nativeTables: [],
      unreadable: [],
    }),
    listeners: async () => otherListeners,
    otherListeners,
    descriptorLimit: async () => descriptorLimit,
    clients: new MemoryClients({ haproxy, packetFilter, localAddresses, random }),
    vms,
  };
}
