/**
 * What a router is tested on: its machine, and the clients and VMs around it.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createMemoryDataPlane, createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { type Lab, openLab } from '@limpet/lab';
import { shareCertificates, writeCertificates } from './certificates.ts';
import { Filter } from './packet-filter.ts';

export interface TestBed {
  readonly kind: 'memory' | 'real';
  readonly clients: Lab['clients'];
  readonly vms: Lab['vms'];
  /** The machine, and the folder of the router on its disk. */
  machine(): { dataPlane: DataPlane; dir: string };
  /** The packet filter as it is. */
  readonly filter: Filter;
  /** An empty disk. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** A machine in memory. */
export async function openMemoryTestBed(publicIps: readonly string[]): Promise<TestBed> {
  const dataPlane = createMemoryDataPlane({ localAddresses: publicIps });
  const filter = await Filter.open(dataPlane.packetFilter);
  await writeCertificates(dataPlane.files);
  const machine = { ...dataPlane, packetFilter: filter.watched };
  let disks = 0;
  return {
    kind: 'memory',
    clients: dataPlane.clients,
    vms: dataPlane.vms,
    machine: () => ({ dataPlane: machine, dir: `/limpet/${disks}` }),
    filter,
    wipe: async () => {
      disks += 1;
    },
    close: async () => {},
  };
}

/**
 * A lab with a real HAProxy and iptables. Only in a box.
 *
 * @throws LabError when this is no box, or a tool is missing
 */
export async function openRealTestBed(publicIps: readonly string[]): Promise<TestBed> {
  const lab = await openLab({ publicIps, timeoutMs: 1000 });
  try {
    return await testBedIn(lab);
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function testBedIn({ dir: root, exec, spawn, clients, vms, close }: Lab): Promise<TestBed> {
  const dataPlaneIn = (dir: string) => createRealDataPlane({ exec, spawn, dir, clock: systemClock });
  const boot = dataPlaneIn(root);
  await shareCertificates(root);
  const filter = await Filter.open(boot.packetFilter);
  // Neither changes as long as there is the lab, and to ask takes a process.
  const [addresses, limit] = await Promise.all([boot.localAddresses(), boot.descriptorLimit()]);
  const constant = { localAddresses: async () => addresses, descriptorLimit: async () => limit };
  let disks = 0;
  const open = async () => {
    const dir = join(root, `${disks}`);
    await mkdir(dir);
    return { dir, dataPlane: { ...dataPlaneIn(dir), ...constant, packetFilter: filter.watched } };
  };
  let machine = await open();
  return {
    kind: 'real',
    clients,
    vms,
    machine: () => machine,
    filter,
    wipe: async () => {
      disks += 1;
      machine = await open();
    },
    close,
  };
}
