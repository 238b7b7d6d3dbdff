import { createRandom } from '@limpet/data-plane';
import { SimulatorError } from '../errors.ts';
import type { RouterKind, TestBed, TestBedOptions } from '../test-bed/test-bed.ts';
import { ReplayManagement } from './management.ts';
import { ReplayOracle } from './oracle.ts';
import type { Trace } from './parse-trace.ts';
import { RefusingHaproxy } from './refusing.ts';
import { ReplayDriver } from './replay-driver.ts';
import type { ReplayedStep, ReplayResult } from './replay-result.ts';

/** How a run is replayed. */
export interface ReplayOptions {
  router: RouterKind;
  dataPlane: 'real' | 'memory';
  /** Opens the router's host, the clients and the VMs; called when the router of the run starts on a new disk. */
  openTestBed: (options: TestBedOptions) => Promise<TestBed>;
  /** Told what goes on, one short line at a time. */
  progress?: (line: string) => void;
}

/** Rounds in which everything that is under way comes to its end. */
const MOST_ROUNDS = 20;

/**
 * Plays a run of the model on a router, step by step. After each step clients judge whether the rules that the router has
 * answered for are in force, and whether the clients of all other rules were left alone. The run ends at a step that the
 * router or its management refuses. Then nothing fails any more, and the oracle judges once more at rest.
 */
export async function replay(trace: Trace, options: ReplayOptions): Promise<ReplayResult> {
  const random = createRandom(1);
  const management = new ReplayManagement(trace.groups, trace.places);
  const haproxy = new RefusingHaproxy();
  const driver = new ReplayDriver({ management, haproxy, random, ...options });
  const oracle = new ReplayOracle({ management, driver, random });
  const steps: ReplayedStep[] = [];
  let obstacle: ReplayResult['obstacle'] = null;

  const play = async (
    lane: string,
    text: string,
    act: (report: (line: string) => void) => Promise<void>,
  ): Promise<void> => {
    const step = steps.length + 1;
    const observed: string[] = [];
    // What is tried again and again is told once.
    const report = (line: string): void => {
      if (!observed.includes(line)) observed.push(line);
    };
    steps.push({ step, lane, text, observed });
    options.progress?.(lane === 'rest' ? text : `step ${step} of ${trace.steps.length}: ${text}`);
    try {
      await act(report);
    } catch (error) {
      if (!(error instanceof SimulatorError) || error.code !== 'OPERATION_REFUSED') throw error;
      observed.push(`cannot be done here: ${error.message}`);
      obstacle = { step, reason: error.message };
    }
    observed.push(...(await oracle.judge(step, step > trace.steps.length)));
  };

  try {
    for (const { lane, text, action, changed } of trace.steps) {
      if (obstacle !== null) break;
      await play(lane, text, (report) => driver.act(action, changed, report));
    }
    if (oracle.finding === null) {
      await play('rest', 'nothing fails any more, and all that is under way comes to its end', (report) =>
        driver.rest(MOST_ROUNDS, report),
      );
    }
  } finally {
    await driver.close();
  }
  const { router, dataPlane } = options;
  return { router, dataPlane, steps, reproduced: oracle.finding !== null, finding: oracle.finding, obstacle };
}
