import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports.ts';

/** The host's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // A timer never fires before the next millisecond; yielding to other callbacks takes a thousandth of that.
  sleep: (ms) => (ms === 0 ? setImmediate() : sleep(ms)),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
