import { setImmediate } from 'node:timers/promises';
import { unprivileged } from '@limpet/cloudstack';
import {
  createCloudStackRouter,
  createHaproxyRouter,
  createMemoryDataPlane,
  createMemoryRouter,
  type MemoryDataPlane,
  type Router,
} from '@limpet/router';
import type { World, WorldOptions } from './world.ts';

const dir = '/run/limpet';

/** The routers on a HAProxy and iptables in memory: no privileges, no installation, virtual time. */
export async function openMemoryWorld(options: WorldOptions): Promise<World> {
  const dataPlane = createMemoryDataPlane({ localAddresses: options.publicIps, random: options.random });
  const router = await createRouter(options, dataPlane);
  const { clients, vms, clock } = dataPlane;
  return {
    dataPlane: 'memory',
    router,
    clients,
    vms,
    clock,
    breathe: () => setImmediate(),
    close: () => router.close(),
  };
}

async function createRouter(options: WorldOptions, dataPlane: MemoryDataPlane): Promise<Router> {
  switch (options.router) {
    case 'memory':
      return createMemoryRouter({ dataPlane });
    case 'haproxy':
      return createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs: options.deadlineMs } });
    case 'cloudstack':
      return createCloudStackRouter({ dataPlane, settings: { omit: unprivileged } });
  }
}
