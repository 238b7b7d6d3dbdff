import type { StatsPage } from './stats-page.ts';

/** Settings of a router, for all of its rules. */
export interface RouterSettings {
  /** Connections that HAProxy accepts in all; CloudStack's default. HAProxy needs two file descriptors for each. */
  maxConnections: number;
  /** Seconds. CloudStack's values (HAProxyConfigurator: 5000, 50000, 50000 ms). */
  timeouts: { connect: number; client: number; server: number };
  /** Milliseconds that held connections of a changed rule get to end by themselves, before the router ends them. */
  drainDeadlineMs: number;
  /**
   * Highest number of workers that earlier reloads have left behind. Each keeps its memory, 11 MB at 50 rules of 10
   * members, for as long as a client keeps a connection to it.
   */
  maxOldWorkers: number;
  /**
   * With `maxOldWorkers` old workers: `wait` holds back changes that need a reload until one of the workers has ended
   * by itself; `end` gives the connections of the oldest one `drainDeadlineMs` and ends them then, including those of
   * rules that have not changed.
   */
  atMaxOldWorkers: 'wait' | 'end';
  /** `heal` repairs drift, that is changes by other programs; `report` only states it in the conditions. */
  drift: 'heal' | 'report';
  /** Milliseconds between two checks for drift. */
  driftPeriodMs: number;
  /** Loopback port of the local peer, over which stick tables survive a reload. */
  peersPort: number;
  /** Ports of the router's own services: rules there are refused (apache/cloudstack#4285, #10733). */
  reservedPorts: readonly number[];
  /** `user`, `group`, `chroot` for the global section; empty where HAProxy cannot change its user (rootless). */
  identity: { user?: string; group?: string; chroot?: string };
  /** HAProxy's statistics page; undefined: none. Rules on its port are refused. */
  statsPage?: StatsPage;
  /** Limits for all rules together; a rule that would exceed them is refused, the others stay. */
  budget: {
    /** Bytes of all stick tables when they are full. */
    tableBytes: number;
    /** File descriptors of a HAProxy process; default: the host's hard limit (`ulimit -Hn`). */
    fileDescriptors?: number;
  };
}

/** The settings of a router that is given none. */
export const defaultSettings: RouterSettings = {
  maxConnections: 4096,
  timeouts: { connect: 5, client: 50, server: 50 },
  drainDeadlineMs: 5_000,
  maxOldWorkers: 64,
  atMaxOldWorkers: 'wait',
  drift: 'heal',
  driftPeriodMs: 5_000,
  peersPort: 10_000,
  reservedPorts: [53, 3922, 8081],
  identity: {},
  budget: { tableBytes: 128 * 1024 ** 3 },
};
