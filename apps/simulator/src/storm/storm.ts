import { createRandom, type Random } from '@limpet/data-plane';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import type { StormResult } from './storm-result.ts';
import { StormRun } from './storm-run.ts';
import { publicIp, type StormSize } from './storm-state.ts';

/** Options of a storm: a stress test with random operations under the load of all clients. */
export interface StormOptions extends StormSize {
  /** Operations in all. */
  ops: number;
  /** The same seed gives the same operations. */
  seed: number;
  router: RouterKind;
  /** Makes the router, the clients and the VMs; called once. */
  openTestBed: (options: TestBedOptions) => Promise<TestBed>;
  /** Told what goes on, one short line at a time. */
  progress?: (line: string) => void;
}

/** A connection that is opened while its rule is changed is answered within that time, and need not be ended. */
const deadlineMs = 500;

/** Operations are drawn from numbers of their own: when clients come is chance, on a real data plane. */
const randomFor = (seed: number, use: number): Random => createRandom(seed * 2 + use);

/**
 * Does random operations to many rules under the load of all their clients, and lets the clients judge each one, and all
 * of them at the end.
 *
 * @throws SimulatorError `ROUTER_REFUSED` when the router does not take the rules that the storm begins with
 */
export async function storm(options: StormOptions): Promise<StormResult> {
  const { ops, seed, router, rules, members } = options;
  const started = performance.now();
  const random = randomFor(seed, 1);
  const testBed = await options.openTestBed({ router, publicIps: [publicIp], deadlineMs, random });
  try {
    const run = new StormRun({ rules, members }, testBed, random, options.progress ?? (() => {}));
    const found = await run.play(ops, randomFor(seed, 0));
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { findings, ...figures } = found;
    return {
      scenario: 'storm',
      router,
      dataPlane: testBed.dataPlane,
      rules,
      members,
      ...figures,
      seconds,
      seed,
      findings,
    };
  } finally {
    await testBed.close();
  }
}
