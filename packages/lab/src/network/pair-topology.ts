/**
 * The networks of two routers of which one has the public addresses at a time, as lines for `ip -batch`:
 *
 *              eth0 -- eth2 (router 0) eth0 -- eth0
 *     clients                  eth1                 (guest namespace) VMs
 *     (public)                  |
 *              eth1 -- eth2 (router 1) eth0 -- eth1
 *
 * The two reach each other over their `eth1`, by the addresses that they have on the guest side.
 *
 * @module
 */
import { type Addresses, clientLines, guestLines, links, routerLines, toRouter } from './topology.ts';

/** Addresses of a pair, already checked. */
export interface PairAddresses extends Omit<Addresses, 'gateway' | 'publicIps'> {
  /** The addresses that the routers always have, on the guest side. */
  ownIps: readonly [string, string];
}

/** The public and the guest side's link to a router. */
const linkTo = (router: number): string => `eth${router}`;

/** Lines that create the links, given the processes that hold the namespaces. */
export function linksOfPair([one, other]: readonly [number, number], clients: number, guests: number): string[] {
  return [
    ...links(one, clients, guests),
    `link add eth2 netns ${other} type veth peer name ${linkTo(1)} netns ${clients}`,
    `link add eth0 netns ${other} type veth peer name ${linkTo(1)} netns ${guests}`,
    `link add eth1 netns ${one} type veth peer name eth1 netns ${other}`,
  ];
}

/** With its last address a link loses its routes, those to the clients among them (fib_inetaddr_event). */
const PLACEHOLDER = '169.254.0.1';

/** Lines for the namespace of one router. */
export function routerLinesOfPair({ clientNetworks, ownIps }: PairAddresses, router: number): string[] {
  const [own, other] = [ownIps[router]!, ownIps[1 - router]!];
  return [
    ...routerLines({ publicIps: [], clientNetworks, gateway: own }),
    'link set eth1 up',
    `address add ${PLACEHOLDER}/32 dev eth2`,
    `route add ${other}/32 dev eth1 scope link src ${own}`,
  ];
}

/** Lines for the clients' namespace, which reaches no public address yet. */
export const publicSideOfPair = ({ clientNetworks }: PairAddresses): string[] => [
  ...clientLines({ publicIps: [], clientNetworks }),
  'link set eth1 up',
];

/** Lines for the guests' namespace. */
export const guestLinesOfPair = ({ ownIps: [one, other] }: PairAddresses): string[] => [
  ...guestLines({ gateway: one }),
  'link set eth1 up',
  toRouter(other, linkTo(1)),
];

/** Lines that move a public address to a router: for the router that had it, for the one that gets it, for the clients. */
export const movingLines = (ip: string, to: number): { giveUp: string; take: string; route: string } => ({
  giveUp: `address del ${ip}/32 dev eth2`,
  take: `address add ${ip}/32 dev eth2`,
  route: toRouter(ip, linkTo(to), 'replace'),
});
