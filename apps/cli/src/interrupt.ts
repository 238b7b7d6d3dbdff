import { exitCodes } from './exit-codes.ts';
import type { Progress } from './progress.ts';

/** Ctrl-C ends the process at once: what runs in a box dies with it, and nothing else was started. */
export function exitOnInterrupt(progress: Progress): void {
  process.once('SIGINT', () => {
    progress.clear();
    process.exit(exitCodes.interrupted);
  });
}
