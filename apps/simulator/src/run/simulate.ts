import { createRandom } from '@limpet/data-plane';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import type { Prepared } from './prepare.ts';
import type { SimulationResult } from './result.ts';
import type { RunObserver } from './run-observer.ts';
import { Run } from './scenario-run.ts';

/** How a simulation is run. */
export interface SimulateOptions {
  router: RouterKind;
  /** Makes the router, the clients and the VMs; called once, when all input has been validated. */
  openTestBed: (options: TestBedOptions) => Promise<TestBed>;
  /** Told what goes on, one short line at a time. */
  progress?: (line: string) => void;
  /** Makes an observer of the run. @param now - the run's clock, in milliseconds */
  observe?: (now: () => number) => RunObserver;
}

/**
 * Plays a scenario against a router and lets the clients judge it.
 *
 * @throws SimulatorError `OPERATION_REFUSED` or `ROUTER_REFUSED`
 */
export async function simulate(prepared: Prepared, options: SimulateOptions): Promise<SimulationResult> {
  const { scenario, publicIps } = prepared;
  const started = performance.now();
  const random = createRandom(scenario.seed);
  const { router } = options;
  const testBed = await options.openTestBed({ router, publicIps, deadlineMs: scenario.deadlineMs, random });
  try {
    const run = new Run(prepared, testBed, random, {
      progress: options.progress,
      observer: options.observe?.(() => testBed.clock.now()),
    });
    const found = await run.play();
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const { findings, inForceMs, ...counts } = found;
    return {
      scenario: scenario.name,
      router,
      dataPlane: testBed.dataPlane,
      ...counts,
      inForceMs,
      seconds,
      seed: scenario.seed,
      findings,
    };
  } finally {
    await testBed.close();
  }
}
