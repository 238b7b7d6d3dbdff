import { beginLab } from './begin-lab.ts';
import { requireBox } from './box/box-support.ts';
import { LabError } from './errors.ts';
import { Host } from './hosts/host.ts';
import { openRouterPrograms, type RouterPrograms } from './hosts/router-programs.ts';
import { checkTimeout } from './lab.ts';
import { checkAddress, parseNetwork } from './network/address.ts';
import type { Namespace } from './network/namespace.ts';
import { connectPair, moveAddress, openPairNamespaces } from './network/network.ts';
import { checkedClients, checkedVms } from './traffic/checked-traffic.ts';
import type { Clients, Vm, Vms } from './traffic/traffic.ts';

/** What a lab with two routers consists of. */
export interface PairLabOptions {
  /** Public addresses, each of one router at a time, and at first of the first one. */
  publicIps: readonly string[];
  /** VMs to start with. @defaultValue none */
  vms?: readonly Vm[];
  /** Milliseconds that a client waits for an answer. @defaultValue 2000 */
  timeoutMs?: number;
}

/** One of the two routers. */
export interface PairedRouter extends RouterPrograms {
  /** The address that it always has. */
  ip: string;
}

/** Two routers between the same clients and the same VMs. */
export interface PairLab {
  routers: readonly [PairedRouter, PairedRouter];
  clients: Clients;
  vms: Vms;
  /** Moves a public address to a router. Connections to the other one are lost, as in a failover. */
  move(ip: string, to: 0 | 1): Promise<void>;
  close(): Promise<void>;
}

const clientNetworks = ['198.18.0.0/15'];
const ownIps = ['10.1.1.2', '10.1.1.3'] as const;

/**
 * Opens a lab with two routers, as CloudStack's redundant routers are: the kernel of both lets HAProxy bind an address
 * that the other one has.
 *
 * @throws LabError as `openLab`
 */
export async function openPairLab(options: PairLabOptions): Promise<PairLab> {
  requireBox();
  const publicIps = [...new Set(options.publicIps.map((ip) => checkAddress('publicIps', ip)))];
  const networks = clientNetworks.map((text) => parseNetwork('clientNetworks', text));
  const timeoutMs = checkTimeout(options.timeoutMs ?? 2000);

  const namespaces = await openPairNamespaces();
  const [one, other] = namespaces.routers;
  const programs = await Promise.all([openRouterPrograms(one), openRouterPrograms(other)]);
  const clientHost = new Host<Clients>(namespaces.clients, './client-host.ts', [String(timeoutMs)]);
  const vmHost = new Host<Vms>(namespaces.guests, './vm-host.ts');
  const owners = new Map<string, 0 | 1>();
  const lab: PairLab = {
    routers: [
      { ...programs[0], ip: ownIps[0] },
      { ...programs[1], ip: ownIps[1] },
    ],
    clients: checkedClients(clientHost, networks),
    vms: checkedVms(vmHost, [...ownIps, ...publicIps], networks),
    async move(ip, to) {
      if (!publicIps.includes(ip)) {
        throw new LabError('LAB_BAD_ADDRESS', `ip: ${ip} is not one of the publicIps (${publicIps.join(', ')})`);
      }
      const from = owners.get(ip);
      if (from === to) return;
      await moveAddress(namespaces, ip, { from, to });
      owners.set(ip, to);
    },
    async close() {
      await Promise.all([clientHost.close(), vmHost.close(), ...programs.map((each) => each.close())]);
      const sides: Namespace[] = [namespaces.clients, namespaces.guests];
      await Promise.all(sides.map((namespace) => namespace.close()));
    },
  };
  return beginLab(lab, options.vms, async () => {
    await connectPair(namespaces, { clientNetworks, ownIps });
    for (const ip of publicIps) await lab.move(ip, 0);
  });
}
