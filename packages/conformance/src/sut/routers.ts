import type { MemoryDataPlane } from '@limpet/data-plane';
import {
  type CloudStackRouterOptions,
  createCloudStackRouter,
  createHaproxyRouter,
  createMemoryRouter,
} from '@limpet/router';
import { ConformanceError } from '../errors.ts';
import { applyRouterBug, ROUTER_BUGS } from '../faults/faults.ts';
import type { RouterTraits } from './system-under-test.ts';

export type RouterKind = 'memory' | 'cloudstack' | 'haproxy';

/** A router that is not one of ours: whatever has the handlers. */
export interface OwnRouter extends RouterTraits {
  readonly name: string;
}

export const nameOf = (router: RouterKind | OwnRouter): string => (typeof router === 'string' ? router : router.name);

/** How long held connections of a changed rule get: here nobody is to wait for them. */
const drainDeadlineMs = 0;

const routers: Readonly<Record<RouterKind, RouterTraits>> = {
  haproxy: {
    open: (dataPlane, dir) => createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs } }),
    crashes: true,
    embedded: false,
    filtersNetworks: true,
    namesServers: true,
    verifies: true,
    servesEmptyRules: true,
    keepsServerIds: true,
    refusesRemovals: true,
    startsWithMachine: false,
  },
  cloudstack: cloudStackWith({}),
  memory: {
    // Its only data plane is the one in memory; the guard keeps what else that one has.
    open: async (dataPlane) => createMemoryRouter({ dataPlane: dataPlane as MemoryDataPlane }),
    crashes: false,
    embedded: true,
    filtersNetworks: false,
    namesServers: true,
    verifies: true,
    servesEmptyRules: true,
    keepsServerIds: false,
    refusesRemovals: false,
    startsWithMachine: false,
  },
};

/** CloudStack's router: its scripts run once a command, and the management server remembers for them. */
function cloudStackWith(options: Pick<CloudStackRouterOptions, 'version' | 'knownDefects'>): RouterTraits {
  return {
    open: (dataPlane, dir) =>
      createCloudStackRouter({
        dataPlane,
        paths: { config: `${dir}/haproxy.cfg`, databag: `${dir}/loadbalancer.json` },
        settings: { omit: ['log', 'chroot', 'user', 'group', 'daemon'], statsSocket: `${dir}/admin.sock` },
        ...options,
      }),
    crashes: false,
    embedded: true,
    filtersNetworks: false,
    namesServers: options.version === 'fixed',
    verifies: options.version === 'fixed',
    servesEmptyRules: false,
    keepsServerIds: false,
    refusesRemovals: true,
    startsWithMachine: true,
  };
}

/** CloudStack's router without any of its bugs, named where a bug's name can stand. */
export const FIXED = 'fixed';

/**
 * A kind of router, with a bug of the catalogue when one is named.
 *
 * @throws ConformanceError `CONFORMANCE_BUG_UNKNOWN` when the router has no such bug.
 */
export function traitsOf(router: RouterKind | OwnRouter, bug: string | undefined): RouterTraits {
  if (bug === undefined) return typeof router === 'string' ? routers[router] : router;
  if (typeof router !== 'string')
    throw new ConformanceError(
      'CONFORMANCE_BUG_UNKNOWN',
      `${router.name}: only Limpet's own routers have bugs to switch on`,
    );
  return faultyTraitsOf(router, bug);
}

function faultyTraitsOf(kind: RouterKind, bug: string): RouterTraits {
  if (kind === 'cloudstack' && bug === FIXED) return cloudStackWith({ version: 'fixed' });
  const found = ROUTER_BUGS.find(({ name }) => name === bug);
  if (found?.router !== kind)
    throw new ConformanceError(
      'CONFORMANCE_BUG_UNKNOWN',
      `router ${kind} has no bug called ${bug}; limpet bugs lists them`,
    );
  if (found.defect !== undefined) return cloudStackWith({ version: 'fixed', knownDefects: { [found.defect]: true } });
  const { open, ...life } = routers[kind];
  // A disk of its own is a router of its own: what a fault remembers does not outlive it.
  const faulty = new Map<string, ReturnType<typeof applyRouterBug>>();
  return {
    ...life,
    open: (dataPlane, dir) => {
      const openFaulty = faulty.get(dir) ?? applyRouterBug(bug, (machine) => open(machine, dir));
      faulty.set(dir, openFaulty);
      return openFaulty(dataPlane);
    },
  };
}
