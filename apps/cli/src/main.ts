import { createProgram } from './command-line/program.ts';
import { exitOnBrokenPipe } from './output/broken-pipe.ts';
import { run } from './run.ts';

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
