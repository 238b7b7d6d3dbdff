/**
 * Plays all suites on the router in memory, those first that are likely to fail, and exits with 1 at the first failure.
 *
 * @module
 */
import { conform, type SuiteName } from '@limpet/conformance';

const suites: readonly SuiteName[] = ['changes', 'stories', 'pairs', 'interactions', 'transitions'];

for (const suite of suites) {
  const { suites: results } = await conform({
    router: 'haproxy',
    dataPlane: 'memory',
    suites: [suite],
    goals: 'router',
    workers: 1,
    shrinks: false,
  });
  const isGood = results.every(
    ({ failures, covered, goals, traceAccepted }) => failures.length === 0 && covered === goals && traceAccepted,
  );
  if (!isGood) process.exit(1);
}
