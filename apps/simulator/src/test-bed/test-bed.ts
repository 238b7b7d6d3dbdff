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
  /** The packet filter of the router's host, for observers. */
  packetFilter: Pick<PacketFilter, 'save'>;
  clients: Clients;
  vms: Vms;
  clock: TestBedClock;
  /** Yields between two bursts of clients. Virtual time does not pass. */
  breathe(): Promise<void>;
  /**
   * Crashes the router's agent and opens a new one as `router`; HAProxy goes on. Undefined where there is no agent:
   * CloudStack's scripts run and end with each command, and the embedded router is one with its HAProxy.
   */
  crashAgent: (() => Promise<void>) | undefined;
  /** Stops the router's host, which ends all connections, and starts it again with what is on its disk. */
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
  /** Wraps the router's data plane, to inject faults. Not for the embedded router, which has none. */
  between?: (dataPlane: DataPlane) => DataPlane;
}
