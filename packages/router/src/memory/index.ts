/**
 * A router's machine in memory: HAProxy 2.6 in master-worker mode, iptables, files, clients and VMs. It reproduces what
 * routers and clients can tell apart: which worker serves whom under which policy, what a reload keeps and what it
 * loses, what the CLI says. It does not reproduce time: all is instantaneous, and `clock.sleep` makes time pass.
 *
 * @module
 */

export { createVirtualClock } from './clock.ts';
export type { MemoryDataPlane, MemoryDataPlaneOptions } from './data-plane.ts';
export { createMemoryDataPlane } from './data-plane.ts';
export { createRandom, type Random } from './random.ts';
export type { MemoryRouterOptions } from './router.ts';
export { createMemoryRouter } from './router.ts';
export type { Answer, Ask, Clients, Vms } from './traffic.ts';
