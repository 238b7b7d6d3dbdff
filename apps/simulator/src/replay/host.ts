import type { MemberRecord } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { SimulatorError } from '../errors.ts';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import { publicIp } from './management.ts';
import type { RefusingHaproxy } from './refusing.ts';

/** Options of a router's host. */
export interface HostOptions {
  haproxy: RefusingHaproxy;
  router: RouterKind;
  openTestBed: (options: TestBedOptions) => Promise<TestBed>;
  random: Random;
}

/** Held connections of a changed rule may go on for so long, in milliseconds. */
const deadlineMs = 300;

/** The error of a step that this system cannot take. */
export const refused = (reason: string): SimulatorError => new SimulatorError('OPERATION_REFUSED', reason);

/** The router's host, with the VMs and clients around it. It opens its test bed when it is switched on first. */
export class Host {
  readonly #options: HostOptions;
  #isUp = false;
  #testBed: TestBed | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** What surrounds the router; undefined while the host is down. */
  get testBed(): TestBed | undefined {
    return this.#isUp ? this.#testBed : undefined;
  }

  /** @param vms those that run already */
  async on(vms: readonly MemberRecord[]): Promise<void> {
    this.#isUp = true;
    if (this.#testBed !== undefined) return this.#testBed.power.on();
    const { openTestBed, router, random, haproxy } = this.#options;
    this.#testBed = await openTestBed({ router, publicIps: [publicIp], deadlineMs, random, between: haproxy.install });
    await this.start(vms);
  }

  async off(): Promise<void> {
    this.#isUp = false;
    await this.#testBed?.power.off();
  }

  /** VMs live and die beside a router that is down, too. */
  async start(vms: readonly MemberRecord[]): Promise<void> {
    await this.#testBed?.vms.start(vms);
  }

  async destroy(vms: readonly MemberRecord[]): Promise<void> {
    if (vms.length > 0) await this.#testBed?.vms.destroy(vms.map(({ vm }) => vm));
  }

  async close(): Promise<void> {
    const testBed = this.#testBed;
    this.#testBed = undefined;
    this.#isUp = false;
    await testBed?.close();
  }
}
