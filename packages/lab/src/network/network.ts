import { LabError } from '../errors.ts';
import { exec } from '../exec.ts';
import { Namespace } from './namespace.ts';
import {
  guestLinesOfPair,
  linksOfPair,
  movingLines,
  type PairAddresses,
  publicSideOfPair,
  routerLinesOfPair,
} from './pair-topology.ts';
import { type Addresses, clientLines, guestLines, initialFilter, links, routerLines } from './topology.ts';

/** The three network namespaces of a lab. */
export interface Namespaces {
  router: Namespace;
  clients: Namespace;
  guests: Namespace;
}

/** The network namespaces of a lab with two routers. */
export interface PairNamespaces {
  routers: readonly [Namespace, Namespace];
  clients: Namespace;
  guests: Namespace;
}

/** Opens all three, or none. @throws LabError `LAB_SETUP_FAILED` */
export async function openNamespaces(): Promise<Namespaces> {
  const [router, clients, guests] = await openAll(3);
  return { router: router!, clients: clients!, guests: guests! };
}

/** Opens all four, or none. @throws LabError `LAB_SETUP_FAILED` */
export async function openPairNamespaces(): Promise<PairNamespaces> {
  const [one, other, clients, guests] = await openAll(4);
  return { routers: [one!, other!], clients: clients!, guests: guests! };
}

async function openAll(count: number): Promise<Namespace[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => Namespace.open()));
  const failed = opened.find((result) => result.status === 'rejected');
  const open = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (!failed) return open;
  await Promise.all(open.map((namespace) => namespace.close()));
  throw failed.reason;
}

async function feed(
  namespace: Namespace | undefined,
  file: string,
  args: readonly string[],
  input: string,
): Promise<void> {
  const command = namespace?.enter(file, args) ?? { file, args };
  const { code, stderr } = await exec(command.file, command.args, { input });
  if (code !== 0) throw new LabError('LAB_SETUP_FAILED', `${file} failed: ${stderr.trim()}`);
}

function ipBatch(namespace: Namespace | undefined, lines: readonly string[]): Promise<void> {
  return feed(namespace, 'ip', ['-batch', '-'], `${lines.join('\n')}\n`);
}

/**
 * A CloudStack router tracks each connection for 120 s after its end. A lab makes thousands a second: the kernel's
 * 262,144 entries would be full in half a minute, and new connections dropped. Kernels that hide the setting in user
 * namespaces keep the long time.
 */
async function shortenTimeWait(router: Namespace): Promise<void> {
  const { file, args } = router.enter('tee', ['/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait']);
  await exec(file, args, { input: '5' });
}

/** Links, addresses, routes, and the router's packet filter. @throws LabError `LAB_SETUP_FAILED` */
export async function connectNamespaces({ router, clients, guests }: Namespaces, addresses: Addresses): Promise<void> {
  await ipBatch(undefined, links(router.pid, clients.pid, guests.pid));
  await Promise.all([
    ipBatch(router, routerLines(addresses)),
    ipBatch(clients, clientLines(addresses)),
    ipBatch(guests, guestLines(addresses)),
    feed(router, 'iptables-restore', [], initialFilter).then(() => shortenTimeWait(router)),
  ]);
}

/** The same for two routers. No router has a public address yet. @throws LabError `LAB_SETUP_FAILED` */
export async function connectPair({ routers, clients, guests }: PairNamespaces, pair: PairAddresses): Promise<void> {
  const [one, other] = routers;
  await ipBatch(undefined, linksOfPair([one.pid, other.pid], clients.pid, guests.pid));
  await Promise.all([
    ...routers.map(async (router, at) => {
      await ipBatch(router, routerLinesOfPair(pair, at));
      await feed(router, 'iptables-restore', [], initialFilter);
      await shortenTimeWait(router);
      // CloudStack's system VM has it (systemvm/debian/etc/sysctl.conf).
      await feed(router, 'tee', ['/proc/sys/net/ipv4/ip_nonlocal_bind'], '1');
    }),
    ipBatch(clients, publicSideOfPair(pair)),
    ipBatch(guests, guestLinesOfPair(pair)),
  ]);
}

/**
 * Moves an address: who had it gives it up, who gets it takes it, then the network learns of it, as by VRRP.
 *
 * @throws LabError `LAB_SETUP_FAILED`
 */
export async function moveAddress(
  { routers, clients }: PairNamespaces,
  ip: string,
  { from, to }: { from: number | undefined; to: number },
): Promise<void> {
  const lines = movingLines(ip, to);
  if (from !== undefined) await ipBatch(routers[from], [lines.giveUp]);
  await ipBatch(routers[to], [lines.take]);
  await ipBatch(clients, [lines.route]);
}
