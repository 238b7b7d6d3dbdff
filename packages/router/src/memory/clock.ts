import type { Clock } from '../dataplane.ts';

/** Time that passes only when somebody sleeps: nothing waits for real, and every run is the same. */
export function createVirtualClock(start = Date.UTC(2026, 0, 1)): Clock {
  let now = start;
  return {
    now: () => now,
    async sleep(ms) {
      // Sleepers that start together end together, as on a real clock.
      const end = now + Math.max(0, ms);
      await Promise.resolve();
      now = Math.max(now, end);
    },
  };
}
