import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRealDataPlane, systemClock } from '@limpet/data-plane';
import { borrowLab, type Lab } from '@limpet/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptScenarios } from '../../testing/accept-scenarios.ts';
import { openTestSession, publicIp, type Scenario, vms } from '../../testing/fault-session.ts';
import { machineScenarios } from '../../testing/machine-scenarios.ts';
import { acceptFaults } from './accept-faults.ts';
import type { Fault } from './fault.ts';
import { machineFaults } from './machine-faults.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await borrowLab({ publicIps: [publicIp], vms });
});
afterEach(() => lab?.close());

/** What the scenario shows with the fault. */
async function show({ play }: Scenario, fault: Fault): Promise<unknown> {
  const dir = join(lab.dir, 'router');
  await mkdir(dir);
  const dataPlane = createRealDataPlane({ exec: lab.exec, spawn: lab.spawn, dir, clock: systemClock });
  const session = await openTestSession(fault, { dataPlane, clients: lab.clients, dir });
  try {
    return await play(session);
  } finally {
    await session.router().close();
  }
}

const scenarios = { ...machineScenarios, ...acceptScenarios };
const faults = [...machineFaults, ...acceptFaults].filter(({ name }) => !scenarios[name]!.memoryOnly);

// The machine in memory and a real one tell routers the same, lies included.
describe('a fault on a real HAProxy and iptables', () => {
  it.each(faults.map((fault) => [fault.name, fault.sentence, fault] as const))('%s: %s', async (name, _, fault) => {
    const scenario = scenarios[name]!;
    expect(await show(scenario, fault)).toEqual(scenario.bad);
  });
});
