import { createProgram } from './command-line/program.ts';
import { exitCodes } from './exit-codes.ts';
import { exitOnBrokenPipe } from './output/broken-pipe.ts';
import { describeError } from './output/describe-error.ts';

exitOnBrokenPipe();
const args = process.argv.slice(2);
const program = createProgram({
  args,
  stdout: (text) => process.stdout.write(text),
  stderr: process.stderr,
  exit: (code) => {
    process.exitCode = code;
  },
});

try {
  await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
} catch (error) {
  // Commander has printed help or version by itself, and throws to say so.
  const printed = error instanceof Error && 'exitCode' in error && error.exitCode === 0;
  if (!printed) {
    process.stderr.write(describeError(error, process.env.LIMPET_DEBUG === '1'));
    // Now: what broke off in the middle may have left something open, and the process would wait for it forever.
    process.exit(exitCodes.error);
  }
}
