import type { Clients, Vm, Vms } from './traffic/traffic.ts';

/** A lab that is to begin. */
interface Beginning {
  clients: Clients;
  vms: Vms;
  close(): Promise<void>;
}

/** Connects a lab and starts its VMs; closes it when that fails. */
export async function beginLab<L extends Beginning>(
  lab: L,
  vms: readonly Vm[] | undefined,
  connect: () => Promise<void>,
): Promise<L> {
  try {
    await connect();
    await lab.vms.start(vms ?? []);
    // Both hosts answer before the lab is open, so that the first questions are not slow.
    await lab.clients.release([]);
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}
