/**
 * An emulator of a router's host: HAProxy 2.6 in master-worker mode, iptables, files, clients and VMs. It reproduces
 * everything that routers and clients can observe: which worker serves which client under which policy, what a reload
 * keeps and loses, the answers of the CLI. It does not reproduce durations: everything is instantaneous, and only
 * `clock.sleep` lets time pass.
 *
 * This entry point has the parts of the emulator, for a router that applies rules to a worker without a configuration.
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
export { MemoryStateStore } from './state-store.ts';
export type { StickTable, TableSpec } from './table.ts';
export type { Worker } from './worker.ts';
