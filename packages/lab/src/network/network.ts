import { LabError } from '../errors.ts';
import { exec } from '../exec.ts';
import { Namespace } from './namespace.ts';
import { type Addresses, clientLines, guestLines, initialFilter, links, routerLines } from './topology.ts';

/** The three network namespaces of a lab. */
export interface Namespaces {
  router: Namespace;
  clients: Namespace;
  guests: Namespace;
}

/** Opens all three, or none. @throws LabError `LAB_SETUP_FAILED` */
export async function openNamespaces(): Promise<Namespaces> {
  const opened = await Promise.allSettled([Namespace.open(), Namespace.open(), Namespace.open()]);
  const [router, clients, guests] = opened;
  if (router.status === 'fulfilled' && clients.status === 'fulfilled' && guests.status === 'fulfilled') {
    return { router: router.value, clients: clients.value, guests: guests.value };
  }
  await Promise.all(opened.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)));
  throw opened.find((result) => result.status === 'rejected')?.reason;
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
