import type { MemberRecord } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { SimulatorError } from '../errors.ts';
import type { RouterKind, World, WorldOptions } from '../test-bed/test-bed.ts';
import { publicIp } from './management.ts';
import type { RefusingHaproxy } from './refusing.ts';

/** What the router's machine is made of. */
export interface MachineOptions {
  haproxy: RefusingHaproxy;
  router: RouterKind;
  openWorld: (options: WorldOptions) => Promise<World>;
  random: Random;
}

/** Held connections of a changed rule may go on for so long, in milliseconds. */
const deadlineMs = 300;

export const refused = (reason: string): SimulatorError => new SimulatorError('OPERATION_REFUSED', reason);

/** The machine that the router runs on, with the VMs and clients around it. There is none until it is switched on. */
export class Machine {
  readonly #options: MachineOptions;
  #isUp = false;
  #world: World | undefined;

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** What is around the router; undefined while it is down. */
  get world(): World | undefined {
    return this.#isUp ? this.#world : undefined;
  }

  /** @param vms those that run already */
  async on(vms: readonly MemberRecord[]): Promise<void> {
    this.#isUp = true;
    if (this.#world !== undefined) return this.#world.power.on();
    const { openWorld, router, random, haproxy } = this.#options;
    this.#world = await openWorld({ router, publicIps: [publicIp], deadlineMs, random, between: haproxy.install });
    await this.start(vms);
  }

  async off(): Promise<void> {
    this.#isUp = false;
    await this.#world?.power.off();
  }

  /** VMs live and die beside a router that is down, too. */
  async start(vms: readonly MemberRecord[]): Promise<void> {
    await this.#world?.vms.start(vms);
  }

  async destroy(vms: readonly MemberRecord[]): Promise<void> {
    if (vms.length > 0) await this.#world?.vms.destroy(vms.map(({ vm }) => vm));
  }

  async close(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    this.#isUp = false;
    await world?.close();
  }
}
