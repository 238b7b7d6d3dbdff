/**
 * What a router is tested on: its machine, and the clients and VMs around it.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, openLab } from '@limpet/lab';
import { createMemoryDataPlane, createRealDataPlane, type DataPlane, systemClock } from '@limpet/router';

export interface World {
  readonly kind: 'memory' | 'real';
  readonly clients: Lab['clients'];
  readonly vms: Lab['vms'];
  /** The machine, and the folder of the router on its disk. */
  machine(): { dataPlane: DataPlane; dir: string };
  /** Boots the packet filter as it is before any rule. */
  resetFilter(): Promise<void>;
  /** An empty disk. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** A machine in memory. */
export async function openMemoryWorld(publicIps: readonly string[]): Promise<World> {
  const dataPlane = createMemoryDataPlane({ localAddresses: publicIps });
  const resetFilter = await filterReset(dataPlane);
  let disks = 0;
  return {
    kind: 'memory',
    clients: dataPlane.clients,
    vms: dataPlane.vms,
    machine: () => ({ dataPlane, dir: `/limpet/${disks}` }),
    resetFilter,
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
export async function openRealWorld(publicIps: readonly string[]): Promise<World> {
  const lab = await openLab({ publicIps, timeoutMs: 1000 });
  let disks = 0;
  const open = async () => {
    const dir = join(lab.dir, `${disks}`);
    await mkdir(dir);
    return { dir, dataPlane: createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock }) };
  };
  let machine = await open();
  return {
    kind: 'real',
    clients: lab.clients,
    vms: lab.vms,
    machine: () => machine,
    resetFilter: await filterReset(machine.dataPlane),
    wipe: async () => {
      disks += 1;
      machine = await open();
    },
    close: () => lab.close(),
  };
}

async function filterReset({ packetFilter }: DataPlane): Promise<() => Promise<void>> {
  const inputOf = (saved: string) => saved.split('\n').filter((line) => line.startsWith('-A INPUT '));
  const initial = inputOf(await packetFilter.save());
  return async () => {
    const saved = await packetFilter.save();
    const chains = [...saved.matchAll(/^:(\S+) - /gm)].map(([, chain]) => chain!);
    if (chains.length === 0 && inputOf(saved).join() === initial.join()) return;
    const drop = chains.flatMap((chain) => [`-F ${chain}`, `-X ${chain}`]);
    await packetFilter.restore(['*filter', '-F INPUT', ...drop, ...initial, 'COMMIT', ''].join('\n'));
  };
}
