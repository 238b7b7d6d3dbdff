import type { StatsPage } from './stats-page.ts';

/** What the operator of a router decides, for all of its rules. */
export interface RouterSettings {
  /** Connections that HAProxy accepts in all; CloudStack's default. HAProxy needs two file descriptors for each. */
  maxConnections: number;
  /** Seconds. CloudStack's values (HAProxyConfigurator: 5000, 50000, 50000 ms). */
  timeouts: { connect: number; client: number; server: number };
  /** Milliseconds that held connections of a changed rule get to end by themselves, before they are ended. */
  drainDeadlineMs: number;
  /**
   * Workers that earlier reloads may have left behind. Each keeps its memory, 11 MB at 50 rules of 10 members, for as long
   * as a client keeps a connection to it.
   */
  maxOldWorkers: number;
  /**
   * When there are so many: changes that need a reload wait until one has ended by itself; or the connections of the
   * oldest get `drainDeadlineMs` and are ended then, also those of rules that nobody has changed.
   */
  atMaxOldWorkers: 'wait' | 'end';
  /** What is done about changes that others make behind the router's back: undone, or only said in the conditions. */
  drift: 'heal' | 'report';
  /** Milliseconds between two looks for them. */
  driftPeriodMs: number;
  /** Loopback port of the local peer, which carries stick tables over a reload. */
  peersPort: number;
  /** Ports of the router's own services: rules there are refused (apache/cloudstack#4285, #10733). */
  reservedPorts: readonly number[];
  /** `user`, `group`, `chroot` for the global section; empty where HAProxy cannot change its user (rootless). */
  identity: { user?: string; group?: string; chroot?: string };
  /** HAProxy's statistics page; without it there is none. Rules on its port are refused. */
  statsPage?: StatsPage;
  /** What all rules together may ask for; a rule that would exceed it is refused, the others stay. */
  budget: {
    /** Memory of all stick tables when they are full. */
    tableBytes: number;
    /** File descriptors of a HAProxy process; by default what the machine gives it (`ulimit -Hn`). */
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
