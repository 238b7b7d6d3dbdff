import { expect, it } from 'vitest';
import { conform } from '../src/run/conform.ts';
import type { SuiteName } from '../src/suites/suites.ts';
import { history } from './history.ts';

/** A person's machine plays what was reported, and every two steps that the router sees one after the other. */
const more = process.env.CI === 'true' ? '' : ' (transitions and interactions: CI=true, or npx limpet conform)';

/** Ends what hangs. */
const timeout = 3_600_000;

/**
 * Defines the test that plays a suite against Limpet's router on a real HAProxy. Each suite has a file of its own, so
 * that vitest's workers can share them.
 */
export function playOnReal(suite: SuiteName): void {
  it(`Limpet's router is after every step as the model says, on a real HAProxy: ${suite}${more}`, {
    timeout,
  }, async () => {
    const played = await conform({
      router: 'haproxy',
      dataPlane: 'real',
      suites: [suite],
      goals: 'router',
      workers: 2,
    });
    for (const result of played.suites) {
      expect(history(result), result.about).toEqual([]);
      expect(result, result.about).toMatchObject({ covered: result.goals, traceAccepted: true });
    }
  });
}
