import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { describeError } from './output/describe-error.ts';

/**
 * Runs a program of {@link createProgram} to its end, in a process of its own: prints what went wrong, and sees to it
 * that the process ends with an exit code of the command's help. Not to be awaited at the top level of a module: where
 * nothing can settle the command any more, Node would end the process with a code of its own, 13.
 *
 * @param args the arguments after `limpet`
 */
export async function run(program: Command, args: readonly string[]): Promise<void> {
  process.once('beforeExit', endUnsettled);
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
  } finally {
    process.off('beforeExit', endUnsettled);
  }
}

/** Nothing is left that could settle the command: a fault of Limpet's. */
function endUnsettled(): void {
  process.stderr.write(
    'limpet: INTERNAL: the command has not come to an end, and nothing is left that could end it; this is a fault of Limpet: please report it, and run the command again\n',
  );
  process.exitCode = exitCodes.error;
}
