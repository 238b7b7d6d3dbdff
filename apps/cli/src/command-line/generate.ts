import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from './exit-codes-help.ts';

/** Defines `limpet generate`. */
export function addGenerate(program: Command, context: Context): void {
  program
    .command('generate')
    .description('write the files that are generated from the statecharts')
    .option('--check', 'write nothing; fail when a file is stale')
    .addHelpText(
      'after',
      exitCodesHelp({
        0: ['the files are written', 'with --check: all are fresh'],
        1: 'with --check: a file is stale',
      }),
    )
    .action(async (options) => (await import('../commands/generate.ts')).generate(options, context));
}
