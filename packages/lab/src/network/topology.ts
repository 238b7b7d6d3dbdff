/**
 * The three networks of a lab, as lines for `ip -batch`:
 *
 *     clients (public namespace) eth0 -- eth2 (router) eth0 -- eth0 (guest namespace) VMs
 *
 * The router has CloudStack's interface names (eth2 public, eth0 guest). Clients and VMs need no address each: their
 * namespaces take whole networks as local ("AnyIP"), and the router reaches these through one next hop, so that there
 * is one ARP entry a side and not one an address.
 *
 * @module
 */

/** Addresses of a lab, already checked. */
export interface Addresses {
  publicIps: readonly string[];
  clientNetworks: readonly string[];
  gateway: string;
}

/** Next hops. Link-local, so that they are neither a client nor a VM. */
const CLIENTS_HOP = '169.254.0.2';
const GUESTS_HOP = '169.254.0.3';

/** Lines that create the links, given the processes that hold the namespaces. */
export function links(router: number, clients: number, guests: number): string[] {
  return [
    `link add eth2 netns ${router} type veth peer name eth0 netns ${clients}`,
    `link add eth0 netns ${router} type veth peer name eth0 netns ${guests}`,
  ];
}

/** Lines for the router's namespace. */
export function routerLines({ publicIps, clientNetworks, gateway }: Addresses): string[] {
  return [
    ...['lo', 'eth0', 'eth2'].map((link) => `link set ${link} up`),
    `address add ${gateway}/32 dev eth0`,
    ...publicIps.map((ip) => `address add ${ip}/32 dev eth2`),
    ...clientNetworks.map((network) => `route add ${network} via ${CLIENTS_HOP} dev eth2 onlink`),
    `route add default via ${GUESTS_HOP} dev eth0 onlink src ${gateway}`,
  ];
}

/** A route to one of a router's addresses. In table local, where it wins over a local network that holds the address. */
export function toRouter(ip: string, link = 'eth0', action: 'add' | 'replace' = 'add'): string {
  return `route ${action} unicast ${ip}/32 dev ${link} scope link table local`;
}

/** Lines for the clients' namespace. There is no default route: what is not public of this lab is unreachable. */
export function clientLines({ publicIps, clientNetworks }: Omit<Addresses, 'gateway'>): string[] {
  return [
    ...['lo', 'eth0'].map((link) => `link set ${link} up`),
    ...[...clientNetworks, `${CLIENTS_HOP}/32`].map((network) => `route add local ${network} dev lo`),
    ...publicIps.map((ip) => toRouter(ip)),
  ];
}

/** Lines for the guests' namespace: any address but the router's is a VM. */
export function guestLines({ gateway }: Pick<Addresses, 'gateway'>): string[] {
  return [
    ...['lo', 'eth0'].map((link) => `link set ${link} up`),
    'route add local 0.0.0.0/0 dev lo',
    toRouter(gateway),
  ];
}

/**
 * The packet filter of a CloudStack router before any rule (systemvm `iptables-router`): a listener without an accept
 * of its own is unreachable.
 */
export const initialFilter = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
COMMIT
`;
