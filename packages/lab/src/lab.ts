import { beginLab } from './begin-lab.ts';
import { requireBox } from './box/box-support.ts';
import { LabError } from './errors.ts';
import { Host } from './hosts/host.ts';
import { openRouterPrograms, type RouterPrograms } from './hosts/router-programs.ts';
import { checkAddress, parseNetwork } from './network/address.ts';
import type { Namespace } from './network/namespace.ts';
import { connectNamespaces, openNamespaces } from './network/network.ts';
import { checkedClients, checkedVms } from './traffic/checked-traffic.ts';
import type { Clients, Vm, Vms } from './traffic/traffic.ts';

/** What a lab consists of. */
export interface LabOptions {
  /** Addresses that are local to the router, on its `eth2`. */
  publicIps: readonly string[];
  /** Networks of which every address is a client. @defaultValue `['198.18.0.0/15']`, RFC 2544's for benchmarks */
  clientNetworks?: readonly string[];
  /** The router's address on the guest side, on its `eth0`; all other addresses there are VMs. @defaultValue `10.1.1.1` */
  gateway?: string;
  /** VMs to start with. @defaultValue none */
  vms?: readonly Vm[];
  /** Milliseconds that a client waits for an answer. @defaultValue 2000 */
  timeoutMs?: number;
}

/** A router's surroundings. */
export interface Lab extends RouterPrograms {
  clients: Clients;
  vms: Vms;
  /** Ends all that runs in the lab, and the lab. */
  close(): Promise<void>;
}

/** @throws LabError `LAB_BAD_TIMEOUT` */
export function checkTimeout(timeoutMs: number): number {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= 600_000) return timeoutMs;
  throw new LabError('LAB_BAD_TIMEOUT', `timeoutMs: ${timeoutMs} is not a whole number from 1 to 600000`);
}

/**
 * Opens a lab. Any number of them may be open in one box; they share nothing but the process table.
 *
 * @throws LabError `LAB_NOT_IN_BOX`, `LAB_BAD_ADDRESS` and its like (names the field) or `LAB_SETUP_FAILED`; then nothing is left open
 *
 * @example
 * const lab = await openLab({ publicIps: ['203.0.113.1'], vms: [{ vm: 'vm1', ip: '10.1.1.10', port: 80 }] });
 * // ... start an HAProxy with lab.spawn, and an accept with lab.exec('iptables', ...)
 * const [answer] = await lab.clients.ask([{ client: '198.18.0.1', ip: '203.0.113.1', port: 80, protocol: 'tcp' }]);
 * await lab.close();
 */
export async function openLab(options: LabOptions): Promise<Lab> {
  requireBox();
  const publicIps = [...new Set(options.publicIps.map((ip) => checkAddress('publicIps', ip)))];
  const networks = (options.clientNetworks ?? ['198.18.0.0/15']).map((text) => parseNetwork('clientNetworks', text));
  const gateway = checkAddress('gateway', options.gateway ?? '10.1.1.1');
  if (publicIps.includes(gateway)) {
    throw new LabError('LAB_BAD_ADDRESS', `gateway: ${gateway} is one of the publicIps; the two sides need their own`);
  }
  const timeoutMs = checkTimeout(options.timeoutMs ?? 2000);

  const namespaces = await openNamespaces();
  const { router, clients, guests } = namespaces;
  const programs = await openRouterPrograms(router);
  const clientHost = new Host<Clients>(clients, './client-host.ts', [String(timeoutMs)]);
  const vmHost = new Host<Vms>(guests, './vm-host.ts');
  const lab: Lab = {
    ...programs,
    clients: checkedClients(clientHost, networks),
    vms: checkedVms(vmHost, [gateway, ...publicIps], networks),
    async close() {
      await Promise.all([clientHost.close(), vmHost.close(), programs.close()]);
      await Promise.all(Object.values(namespaces).map((namespace: Namespace) => namespace.close()));
    },
  };
  const addresses = { publicIps, clientNetworks: networks.map(({ text }) => text), gateway };
  return beginLab(lab, options.vms, () => connectNamespaces(namespaces, addresses));
}
