import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import { dataPlaneOption, integerWithin, outputOption, refuseBeside } from './options.ts';

const LANES = 64;

/** Options of a run that a failure's file has, too. */
const SAID_BY_THE_FILE = ['router', 'dataPlane', 'suite', 'goals', 'lanes', 'bug', 'trace'];

/** The commands that play the model on routers. */
export function addConform(program: Command, context: Context): void {
  program
    .command('conform')
    .description(
      "play the model's tours on a router, and compare what it shows after each step with what the model says",
    )
    .addOption(
      new Option('--router <router>', 'which router')
        .choices(['memory', 'cloudstack', 'haproxy'])
        .default('haproxy', "haproxy: Limpet's own"),
    )
    .addOption(dataPlaneOption())
    .addOption(
      new Option('--suite <suite>', 'what to play, after what was reported')
        .choices(['transitions', 'pairs', 'interactions', 'all'])
        .default('all'),
    )
    .addOption(
      new Option(
        '--goals <which>',
        'every step of the model, or those that a router can tell apart (default: everything; on a real data plane, router)',
      ).choices(['everything', 'router']),
    )
    .addOption(
      new Option('--lanes <n>', `machines that are played on at once, at most ${LANES}`)
        .argParser(integerWithin(1, LANES))
        .default(2),
    )
    .option(
      '--bug <name>',
      'switch a bug of the router on; limpet bugs lists them, those of the model are for limpet check',
    )
    .option('--trace <folder>', 'keep what happened, a file a suite, for limpet monitor')
    .option(
      '--replay <file>',
      'play one path again, as a run that failed wrote it down; the file says on which router, too',
    )
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options, command) => {
      if (options.replay !== undefined) refuseBeside(command, '--replay', 'plays what its file says', SAID_BY_THE_FILE);
      await (await import('../commands/conform.ts')).conform(options, context);
    });
  program
    .command('mutants')
    .description(
      'switch every bug of the catalogue on, one at a time, and say which check catches it, and after how many steps',
    )
    .option('--bug <names...>', 'only these; limpet bugs lists them')
    .option('--baselines', 'also try one shortest path a state, and random walks as long as the suites')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/mutants.ts')).mutants(options, context));
}
