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
  // Commander throws also after it has printed the help or the version, with exit code 0.
  const printed = error instanceof Error && 'exitCode' in error && error.exitCode === 0;
  if (!printed) {
    process.stderr.write(describeError(error, process.env.LIMPET_DEBUG === '1'));
    // At once: the failed command may have left handles open, for which the process would wait forever.
    process.exit(exitCodes.error);
  }
}
