import { exitCodes } from '../exit-codes.ts';
import type { Progress } from './progress.ts';

let shown: Progress | undefined;

/**
 * Ctrl-C ends the process at once, whose progress line is cleared. What runs in a box dies with it; of an apply, what is
 * done stays done, the HAProxy that it started goes on, and the next apply makes good the rest. A second Ctrl-C meets no
 * handler any more: the kernel ends the process.
 */
export function exitOnInterrupt(progress: Progress): void {
  if (shown === undefined) {
    process.once('SIGINT', () => {
      shown?.clear();
      process.exit(exitCodes.interrupted);
    });
  }
  shown = progress;
}
