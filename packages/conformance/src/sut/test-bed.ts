/**
 * What a router is tested on: its host, and the clients and VMs around it.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleKey } from '@limpet/contract';
import { createMemoryDataPlane, createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { type Capabilities, capabilitiesOf } from '@limpet/haproxy';
import { type Lab, openLab } from '@limpet/lab';
import { shareCertificates, writeCertificates } from './certificates.ts';
import { keepingAnswers } from './kept-answers.ts';
import { Filter } from './packet-filter.ts';
import { type HostLoss, TakenFromHost } from './taken-from-host.ts';

/** The environment of one system under test. */
export interface TestBed {
  readonly kind: 'memory' | 'real';
  /** What its HAProxy can do. */
  readonly haproxy: Capabilities;
  readonly clients: Lab['clients'];
  readonly vms: Lab['vms'];
  /** The ports of the host, and the router's folder on its disk. */
  host(): { dataPlane: DataPlane; dir: string };
  /** Another program listens on a port of the host, or does so no more; only in memory. */
  takePort?(key: RuleKey, taken: boolean): void;
  /** To the router the host has it no more, as after VRRP has moved an address, or has it again; clients still get in. */
  take(what: HostLoss, gone: boolean): void;
  /** Somebody drops packets to a port before the router's chain sees them, or does so no more; only in memory. */
  dropPackets?(key: RuleKey, dropped: boolean): void;
  /** The host's packet filter, for observers. */
  readonly filter: Filter;
  /** Gives the host an empty disk. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** How the HAProxy in memory is. */
export interface MemoryTestBedOptions {
  /** Milliseconds for which a new worker learns the tables of the old one; only a router that waits lets time pass. Default: 0. */
  lessonMs?: number;
  /** Default: Debian 12's. */
  haproxyVersion?: string | undefined;
}

/**
 * Opens a test bed in memory.
 *
 * @param publicIps - addresses of the host
 */
export async function openMemoryTestBed(
  publicIps: readonly string[],
  options: MemoryTestBedOptions = {},
): Promise<TestBed> {
  const dataPlane = createMemoryDataPlane({ localAddresses: publicIps, ...options });
  const filter = await Filter.open(dataPlane.packetFilter);
  await writeCertificates(dataPlane.files);
  const taken = new TakenFromHost();
  const drops = new Set<string>();
  const host: DataPlane = {
    ...dataPlane,
    packetFilter: filter.watched,
    files: taken.files(dataPlane.files),
    localAddresses: async () => taken.addresses(await dataPlane.localAddresses()),
    packetPath: async () => {
      const path = await dataPlane.packetPath();
      const text = ['*mangle', ':PREROUTING ACCEPT [0:0]', ...drops, 'COMMIT', ''].join('\n');
      return drops.size === 0 ? path : { ...path, rulesets: [...path.rulesets, { backend: 'nft', text }] };
    },
  };
  let disks = 0;
  return {
    kind: 'memory',
    haproxy: capabilitiesOf(await dataPlane.haproxy.version()),
    clients: dataPlane.clients,
    vms: dataPlane.vms,
    host: () => ({ dataPlane: host, dir: `/limpet/${disks}` }),
    filter,
    takePort: ({ ip, port }, taken) => {
      dataPlane.otherListeners.length = 0;
      if (taken) dataPlane.otherListeners.push({ ip, port, processes: [{ name: 'nginx', pid: 7 }] });
    },
    take: (what, gone) => taken.take(what, gone),
    dropPackets: ({ ip, port }, dropped) => {
      const drop = `-A PREROUTING -d ${ip}/32 -p tcp -m tcp --dport ${port} -j DROP`;
      if (dropped) drops.add(drop);
      else drops.delete(drop);
    },
    wipe: async () => {
      disks += 1;
      dataPlane.otherListeners.length = 0;
      taken.clear();
      drops.clear();
      await writeCertificates(dataPlane.files);
    },
    close: async () => {},
  };
}

/**
 * Opens a test bed with a real HAProxy and iptables, in a lab; only in a sandbox.
 *
 * @throws LabError when this is no sandbox, or a tool is missing
 */
export async function openRealTestBed(publicIps: readonly string[]): Promise<TestBed> {
  const lab = await openLab({ publicIps, timeoutMs: 10_000 });
  try {
    return await testBedIn(lab);
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function testBedIn({ dir: root, spawn, clients, vms, close, ...lab }: Lab): Promise<TestBed> {
  // All that a router and its test bed do to the host is done by this `exec`.
  const exec = keepingAnswers(lab.exec);
  const dataPlaneIn = (dir: string) => createRealDataPlane({ exec, spawn, dir, clock: systemClock, daemon: true });
  const boot = dataPlaneIn(root);
  await shareCertificates(root);
  const filter = await Filter.open(boot.packetFilter);
  const taken = new TakenFromHost();
  const localAddresses = async () => taken.addresses(await boot.localAddresses());
  let disks = 0;
  const open = async () => {
    const dir = join(root, `${disks}`);
    await mkdir(dir);
    const dataPlane = dataPlaneIn(dir);
    const files = taken.files(dataPlane.files);
    return { dir, dataPlane: { ...dataPlane, localAddresses, files, packetFilter: filter.watched } };
  };
  let host = await open();
  return {
    kind: 'real',
    haproxy: capabilitiesOf(await boot.haproxy.version()),
    clients,
    vms,
    host: () => host,
    filter,
    take: (what, gone) => taken.take(what, gone),
    wipe: async () => {
      disks += 1;
      taken.clear();
      host = await open();
    },
    close,
  };
}
