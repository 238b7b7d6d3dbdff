import { LabError } from '../errors.ts';
import type { Host } from '../hosts/host.ts';
import { checkAddress, contains, type Network } from '../network/address.ts';
import { VM_PATTERN } from './reply.ts';
import type { Ask, Clients, Vm, Vms } from './traffic.ts';

function checkPort(field: string, port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new LabError('LAB_BAD_PORT', `${field}: ${port} is not a port from 1 to 65535`);
  }
}

/** Clients of `host` that refuse bad questions before any is asked. */
export function checkedClients(host: Host<Clients>, networks: readonly Network[]): Clients {
  const check = (asks: readonly Ask[]): void => {
    for (const { client, ip, port } of asks) {
      checkAddress('ip', ip);
      checkPort('port', port);
      if (!networks.some((network) => contains(network, checkAddress('client', client)))) {
        const allowed = networks.map(({ text }) => text).join(', ');
        throw new LabError('LAB_BAD_ADDRESS', `client: ${client} is not in the lab's clientNetworks (${allowed})`);
      }
    }
  };
  return {
    async ask(asks) {
      check(asks);
      return host.call('ask', asks);
    },
    async hold(asks) {
      check(asks);
      return host.call('hold', asks);
    },
    askHeld: (ids) => host.call('askHeld', ids),
    release: (ids) => host.call('release', ids),
  };
}

/** VMs of `host` that refuse bad records before any is started. The router could not reach a VM among its own addresses or its clients'. */
export function checkedVms(host: Host<Vms>, routerIps: readonly string[], clientNetworks: readonly Network[]): Vms {
  const check = ({ vm, ip, port }: Vm): void => {
    if (!VM_PATTERN.test(vm)) {
      throw new LabError('LAB_BAD_NAME', `vm: '${vm}' is not a name of the form ${VM_PATTERN.source}`);
    }
    checkPort('port', port);
    checkAddress('ip', ip);
    if (routerIps.includes(ip)) throw new LabError('LAB_BAD_ADDRESS', `ip: ${ip} of VM ${vm} is the router's own`);
    const clients = clientNetworks.find((network) => contains(network, ip));
    if (clients) throw new LabError('LAB_BAD_ADDRESS', `ip: ${ip} of VM ${vm} is a client's (${clients.text})`);
  };
  return {
    async start(vms) {
      vms.forEach(check);
      await host.call('start', vms);
    },
    destroy: (vms) => host.call('destroy', vms),
  };
}
