import type { Vms } from './traffic.ts';

/** VMs of the guest network, by address. */
export class MemoryVms implements Vms {
  readonly #byAddress = new Map<string, string>();
  readonly #onDestroyed: (vms: ReadonlySet<string>) => void;

  /** @param onDestroyed called with the VMs whose connections break. */
  constructor(onDestroyed: (vms: ReadonlySet<string>) => void) {
    this.#onDestroyed = onDestroyed;
  }

  at(ip: string, port: number): string | undefined {
    return this.#byAddress.get(`${ip}:${port}`);
  }

  async start(vms: readonly { vm: string; ip: string; port: number }[]): Promise<void> {
    for (const { vm, ip, port } of vms) {
      const holder = this.at(ip, port);
      if (holder !== undefined)
        throw new Error(`${ip}:${port} is in use by ${holder}: destroy it before starting ${vm}`);
      this.#byAddress.set(`${ip}:${port}`, vm);
    }
  }

  async destroy(vms: readonly string[]): Promise<void> {
    const gone = new Set(vms);
    for (const [address, vm] of this.#byAddress) if (gone.has(vm)) this.#byAddress.delete(address);
    this.#onDestroyed(gone);
  }
}
