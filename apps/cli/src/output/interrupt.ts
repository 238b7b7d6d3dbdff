import { exitCodes } from '../exit-codes.ts';
import type { Progress } from './progress.ts';

let shown: Progress | undefined;

/**
 * Lets Ctrl-C clear the progress line and end the process at once with exit code 130. Everything in a sandbox ends with the
 * process. An apply leaves what it has changed, and the HAProxy that it started; the next apply does the rest. The handler
 * runs once: the kernel ends the process at a second Ctrl-C.
 */
export function exitOnInterrupt(progress: Progress): void {
  if (shown === undefined) process.once('SIGINT', exit);
  shown = progress;
}

/** Takes back {@link exitOnInterrupt}: from now on Ctrl-C is how a command comes to its own end. */
export function endOnInterrupt(): void {
  process.off('SIGINT', exit);
  shown = undefined;
}

function exit(): void {
  shown?.clear();
  process.exit(exitCodes.interrupted);
}
