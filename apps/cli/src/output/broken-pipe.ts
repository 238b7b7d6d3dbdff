import { writeSync } from 'node:fs';
import { exitCodes } from '../exit-codes.ts';

/**
 * Ends the process when stdout or stderr cannot be written. A reader such as `head` closes the pipe when it has read enough:
 * that is no error, and the exit code is 0. Any other cause, such as a full disk, is one line on stderr and exit code 1.
 */
export function exitOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.done);
    try {
      writeSync(process.stderr.fd, `limpet: OUTPUT: the result cannot be written (${error.message}); it is lost\n`);
    } finally {
      process.exit(exitCodes.error);
    }
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.error);
  });
}
