import type { Clock } from '../ports.ts';

interface Alarm {
  at: number;
  run(): void;
}

/**
 * A clock whose time passes only by `sleep`, which does not really wait, so that every run is the same.
 *
 * @param start milliseconds since the epoch.
 */
export function createVirtualClock(start = Date.UTC(2026, 0, 1)): Clock {
  let now = start;
  const alarms = new Set<Alarm>();
  return {
    now: () => now,
    async sleep(ms) {
      // Sleepers that start together end together, as on a real clock.
      const end = now + Math.max(0, ms);
      await Promise.resolve();
      now = Math.max(now, end);
      for (const alarm of [...alarms].sort((a, b) => a.at - b.at)) {
        if (alarm.at <= now && alarms.delete(alarm)) alarm.run();
      }
    },
    after(ms, run) {
      const alarm = { at: now + ms, run };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
  };
}
