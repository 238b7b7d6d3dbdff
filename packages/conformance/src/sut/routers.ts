import type { MemoryDataPlane } from '@limpet/data-plane';
import {
  type CloudStackRouterOptions,
  createCloudStackRouter,
  createHaproxyRouter,
  createMemoryRouter,
} from '@limpet/router';
import { ConformanceError } from '../errors.ts';
import { injectFault, ROUTER_FAULTS } from '../faults/faults.ts';
import type { RouterTraits } from './system-under-test.ts';

/** Routers of this repository: the embedded one, CloudStack's, and Limpet's on HAProxy. */
export type RouterKind = 'memory' | 'cloudstack' | 'haproxy';

/** A router of a third party: anything that has the handlers. */
export interface OwnRouter extends RouterTraits {
  /** Stands in results and failure reports. */
  readonly name: string;
}

/** The router's name, as results have it. */
export const nameOf = (router: RouterKind | OwnRouter): string => (typeof router === 'string' ? router : router.name);

/** Held connections of a changed rule are ended at once, in milliseconds: the tests do not wait for them. */
const drainDeadlineMs = 0;

const routers: Readonly<Record<RouterKind, RouterTraits>> = {
  haproxy: {
    open: (dataPlane, dir, settings) =>
      createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs, ...settings } }),
    crashes: true,
    watchesHost: true,
    embedded: false,
    filtersNetworks: true,
    namesServers: true,
    verifies: true,
    servesEmptyRules: true,
    keepsServerIds: true,
    refusesRemovals: true,
    checksPart: true,
    startsWithMachine: false,
  },
  cloudstack: cloudStackWith({}),
  memory: {
    // Its data plane is the one in memory: the crash injector's proxy keeps the members beyond the ports.
    open: async (dataPlane) => createMemoryRouter({ dataPlane: dataPlane as MemoryDataPlane }),
    crashes: false,
    watchesHost: false,
    embedded: true,
    filtersNetworks: false,
    namesServers: true,
    verifies: true,
    servesEmptyRules: true,
    keepsServerIds: false,
    refusesRemovals: false,
    checksPart: false,
    startsWithMachine: false,
  },
};

/** CloudStack's router: its scripts run once per command, and the management server keeps the rules. */
function cloudStackWith(options: Pick<CloudStackRouterOptions, 'version' | 'knownDefects'>): RouterTraits {
  return {
    open: (dataPlane, dir) =>
      createCloudStackRouter({
        dataPlane,
        paths: { config: `${dir}/haproxy.cfg`, databag: `${dir}/loadbalancer.json` },
        settings: {
          omit: ['log', 'chroot', 'user', 'group', 'daemon'],
          statsSocket: `${dir}/admin.sock`,
          withoutClientCas: true,
        },
        ...options,
      }),
    crashes: false,
    watchesHost: false,
    embedded: true,
    filtersNetworks: false,
    namesServers: options.version === 'fixed',
    verifies: options.version === 'fixed',
    servesEmptyRules: false,
    keepsServerIds: false,
    refusesRemovals: true,
    checksPart: false,
    startsWithMachine: true,
  };
}

/** Stands in the place of a fault's name: CloudStack's router without any of its known defects. */
export const FIXED = 'fixed';

/**
 * How a router lives, with one fault of the catalogue when one is named.
 *
 * @throws ConformanceError `CONFORMANCE_BUG_UNKNOWN` when the router has no such fault
 */
export function traitsOf(router: RouterKind | OwnRouter, fault: string | undefined): RouterTraits {
  if (fault === undefined) return typeof router === 'string' ? routers[router] : router;
  if (typeof router !== 'string')
    throw new ConformanceError(
      'CONFORMANCE_BUG_UNKNOWN',
      `${router.name}: only Limpet's own routers have bugs to switch on`,
    );
  return faultyTraitsOf(router, fault);
}

function faultyTraitsOf(kind: RouterKind, fault: string): RouterTraits {
  if (kind === 'cloudstack' && fault === FIXED) return cloudStackWith({ version: 'fixed' });
  const found = ROUTER_FAULTS.find(({ name }) => name === fault);
  if (found?.router !== kind)
    throw new ConformanceError(
      'CONFORMANCE_BUG_UNKNOWN',
      `router ${kind} has no bug called ${fault}; limpet bugs lists them`,
    );
  if (found.defect !== undefined) return cloudStackWith({ version: 'fixed', knownDefects: { [found.defect]: true } });
  const { open, ...life } = routers[kind];
  // Each disk is another router: the memory of a fault ends with the disk.
  const faulty = new Map<string, ReturnType<typeof injectFault>>();
  const settingsNow = new Map<string, Parameters<typeof open>[2]>();
  return {
    ...life,
    open: (dataPlane, dir, settings) => {
      settingsNow.set(dir, settings);
      const openFaulty = faulty.get(dir) ?? injectFault(fault, (machine) => open(machine, dir, settingsNow.get(dir)));
      faulty.set(dir, openFaulty);
      return openFaulty(dataPlane);
    },
  };
}
