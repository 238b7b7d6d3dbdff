import type { Command } from 'commander';
import type { Context } from './context.ts';
import { exitOnBrokenPipe } from './output/broken-pipe.ts';
import { run } from './run.ts';

/** Runs `limpet` with the arguments of this process. */
export function start(createProgram: (context: Context) => Command): void {
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
  void run(program, args);
}
