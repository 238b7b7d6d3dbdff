import { setImmediate } from 'node:timers/promises';
import { unprivileged } from '@limpet/cloudstack';
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryDataPlaneOptions } from '@limpet/data-plane';
import {
  cloudStackPaths,
  createCloudStackRouter,
  createHaproxyRouter,
  createMemoryRouter,
  type Router,
} from '@limpet/router';
import { openPowered } from './power.ts';
import type { TestBed, TestBedOptions } from './test-bed.ts';

const dir = '/run/limpet';

/**
 * The routers on a HAProxy and iptables in memory: no privileges, no installation, virtual time.
 *
 * @param emulated what is emulated; by default Debian 12's HAProxy
 */
export async function openMemoryTestBed(
  options: TestBedOptions,
  emulated: Pick<MemoryDataPlaneOptions, 'haproxyVersion'> = {},
): Promise<TestBed> {
  const { publicIps: localAddresses, random } = options;
  const dataPlane = createMemoryDataPlane({ localAddresses, random, ...emulated });
  const powered = await openPowered(options.router, dataPlane, cloudStackPaths.config, () =>
    createRouter(options, dataPlane),
  );
  const { clients, vms, clock, packetFilter } = dataPlane;
  return {
    dataPlane: 'memory',
    get router() {
      return powered.router;
    },
    packetFilter,
    clients,
    vms,
    clock,
    breathe: () => setImmediate(),
    crashAgent: powered.crashAgent,
    power: powered.power,
    close: () => powered.router.close(),
  };
}

async function createRouter(options: TestBedOptions, plain: MemoryDataPlane): Promise<Router> {
  const dataPlane = options.between?.(plain) ?? plain;
  switch (options.router) {
    case 'memory':
      return createMemoryRouter({ dataPlane: plain });
    case 'haproxy':
      return createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs: options.deadlineMs } });
    case 'cloudstack':
      return createCloudStackRouter({ dataPlane, settings: { omit: unprivileged } });
  }
}
