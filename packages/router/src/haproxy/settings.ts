/** What the operator of a router decides, for all of its rules. */
export interface RouterSettings {
  /** Connections that HAProxy accepts in all; CloudStack's default. HAProxy needs two file descriptors for each. */
  maxConnections: number;
  /** Seconds. CloudStack's values (HAProxyConfigurator: 5000, 50000, 50000 ms). */
  timeouts: { connect: number; client: number; server: number };
  /** Milliseconds that held connections of a changed rule get to end by themselves, before they are ended. */
  drainDeadlineMs: number;
  /** Loopback port of the local peer, which carries stick tables over a reload. */
  peersPort: number;
  /** Ports of the router's own services: rules there are refused (apache/cloudstack#4285, #10733). */
  reservedPorts: readonly number[];
  /** `user`, `group`, `chroot` for the global section; empty where HAProxy cannot change its user (rootless). */
  identity: { user?: string; group?: string; chroot?: string };
}

export const defaultSettings: RouterSettings = {
  maxConnections: 4096,
  timeouts: { connect: 5, client: 50, server: 50 },
  drainDeadlineMs: 5_000,
  peersPort: 10_000,
  reservedPorts: [53, 3922, 8081],
  identity: {},
};
