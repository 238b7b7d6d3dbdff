import type { Command } from 'commander';
import { createProgram } from '../src/command-line/program.ts';
import { run } from '../src/run.ts';

/**
 * A program for a test: `limpet`, whose commands never come to an end.
 *
 * `node unsettled-command.ts ARGUMENTS`
 */
const args = process.argv.slice(2);
const program = createProgram({ args, stdout: () => {}, stderr: process.stderr, exit: () => {} });
const hang = (command: Command): void => {
  command.action(() => new Promise(() => {}));
  command.commands.forEach(hang);
};
program.commands.forEach(hang);
void run(program, args);
