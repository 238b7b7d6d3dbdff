import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivileged } from '@limpet/cloudstack';
import { createRealDataPlane, type DataPlane, systemClock } from '@limpet/data-plane';
import { type Lab, openLab } from '@limpet/lab';
import { createCloudStackRouter, createHaproxyRouter, type Router } from '@limpet/router';
import { openPowered } from './power.ts';
import type { TestBed, TestBedOptions } from './test-bed.ts';

/** Enough for the clients to be there all the time, and little enough to leave the processors to HAProxy. */
const burstGapMs = 50;

/**
 * A lab with a real HAProxy and iptables. Only in a box.
 *
 * @throws LabError when this is no box, or a tool is missing
 */
export async function openRealTestBed(options: TestBedOptions): Promise<TestBed> {
  const lab = await openLab({ publicIps: options.publicIps });
  try {
    const dir = join(lab.dir, 'router');
    await mkdir(dir, { recursive: true });
    const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock });
    const config = join(dir, 'haproxy.cfg');
    const powered = await openPowered(options.router, dataPlane, config, () => createRouter(options, dataPlane, dir));
    return {
      dataPlane: 'real',
      get router() {
        return powered.router;
      },
      packetFilter: dataPlane.packetFilter,
      clients: lab.clients,
      vms: lab.vms,
      clock: { now: () => performance.now(), sleep: (ms) => sleep(ms) },
      breathe: () => sleep(burstGapMs),
      crashAgent: powered.crashAgent,
      power: powered.power,
      close: () => closeAll(powered.router, lab),
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function createRouter(options: TestBedOptions, plain: DataPlane, dir: string): Promise<Router> {
  const dataPlane = options.between?.(plain) ?? plain;
  if (options.router === 'haproxy') {
    return createHaproxyRouter({ dataPlane, dir, settings: { drainDeadlineMs: options.deadlineMs } });
  }
  return createCloudStackRouter({
    dataPlane,
    paths: { config: join(dir, 'haproxy.cfg'), databag: join(dir, 'loadbalancer.json') },
    settings: { omit: unprivileged, statsSocket: join(dir, 'admin.sock'), withoutClientCas: true },
  });
}

async function closeAll(router: Router, lab: Lab): Promise<void> {
  try {
    await router.close();
  } finally {
    await lab.close();
  }
}
