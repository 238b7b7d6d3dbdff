/**
 * A router's host in memory: HAProxy 2.6 in master-worker mode, iptables, files, clients and VMs. It reproduces what
 * routers and clients can tell apart: which worker serves whom under which policy, what a reload keeps and what it
 * loses, what the CLI says. It does not reproduce time: all is instantaneous, and `clock.sleep` makes time pass.
 *
 * This entry point has the parts of the emulator, for a router that puts its rules on a worker without a configuration.
 *
 * @module
 */
export { compileConfig } from './config/compile.ts';
export { always } from './config/condition.ts';
export type { ProxySpec, StickRule } from './config/spec.ts';
export { MemoryFiles } from './files.ts';
export { MemoryPacketFilter } from './filter/packet-filter.ts';
export { inNetwork, type Network, parseNetwork } from './ip.ts';
export type { Connection, ListenProxy } from './proxy.ts';
export type { ServerSpec } from './server.ts';
export type { StickTable, TableSpec } from './table.ts';
export type { Worker } from './worker.ts';
