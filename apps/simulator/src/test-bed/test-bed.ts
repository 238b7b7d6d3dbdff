/**
 * All that a simulation runs on: a router, clients and VMs.
 *
 * @module
 */

import type { DataPlane, PacketFilter } from '@limpet/data-plane';
import type { Clients, Vms } from '@limpet/lab';
import type { Router } from '@limpet/router';

export type { Answer, Ask, Clients, Cookies, Vms } from '@limpet/lab';

/** The test bed's time in milliseconds: real, or virtual on the data plane in memory. */
export interface TestBedClock {
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What a simulation runs on. */
export interface TestBed {
  dataPlane: 'real' | 'memory';
  readonly router: Router;
  /** What iptables has, for those who look. */
  packetFilter: Pick<PacketFilter, 'save'>;
  clients: Clients;
  vms: Vms;
  clock: TestBedClock;
  /** A moment between two bursts of clients, for all others to go on. Virtual time does not pass by it. */
  breathe(): Promise<void>;
  /**
   * The router's agent dies without a word, and comes back as `router`; HAProxy goes on. Undefined where there is no agent:
   * CloudStack's scripts run and end with each command, and the embedded router is one with its HAProxy.
   */
  crashAgent: (() => Promise<void>) | undefined;
  /** The router's machine goes down, with all connections, and comes up again with what is on its disk. */
  power: { off(): Promise<void>; on(): Promise<void> };
  /** Ends the router, and all that was started for it. */
  close(): Promise<void>;
}

/** Which router is simulated: CloudStack's own, Limpet's on HAProxy, or Limpet's embedded one. */
export type RouterKind = 'cloudstack' | 'haproxy' | 'memory';

/** Options of a test bed. */
export interface TestBedOptions {
  router: RouterKind;
  publicIps: readonly string[];
  /** See `Scenario.deadlineMs`. */
  deadlineMs: number;
  random: () => number;
  /** Stands between the router and its machine, to do harm. The embedded router has no machine. */
  between?: (dataPlane: DataPlane) => DataPlane;
}
