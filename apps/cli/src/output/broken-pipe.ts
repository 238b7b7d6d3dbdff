import { writeSync } from 'node:fs';
import { exitCodes } from '../exit-codes.ts';

/**
 * Who reads through `head` has what it wanted when it closes the pipe: that is no error, and there is nobody left to tell.
 * Any other trouble, such as a full disk, is one line on stderr and exit code 1.
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
