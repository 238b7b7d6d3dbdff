import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp, INTERRUPTED } from './exit-codes-help.ts';
import {
  dataPlaneOption,
  haproxyOption,
  haproxyVersionOption,
  integerWithin,
  outputOption,
  refuseBeside,
} from './options.ts';

const LANES = 64;

/** Options whose values a failure's file has: `--replay` refuses them. */
const OPTIONS_IN_FAILURE_FILE = ['router', 'dataPlane', 'haproxyVersion', 'suite', 'goals', 'lanes', 'bug', 'trace'];

/** Defines the commands that test routers against the model: `limpet conform`, `mutants`. */
export function addConform(program: Command, context: Context): void {
  program
    .command('conform')
    .description('test a router against the model: play test paths on it, and compare after each step')
    .addOption(
      new Option('--router <router>', 'the router under test')
        .choices(['memory', 'cloudstack', 'haproxy', 'agent'])
        .default('haproxy', "haproxy: Limpet's own"),
    )
    .addOption(dataPlaneOption())
    .addOption(haproxyOption())
    .addOption(haproxyVersionOption())
    .addOption(
      new Option('--suite <suite>', 'what to cover; the stories of reported bugs are always played first')
        .choices(['transitions', 'pairs', 'interactions', 'changes', 'all'])
        .default('all'),
    )
    .addOption(
      new Option(
        '--goals <which>',
        'every step of the model, or those that a router can tell apart (default: everything; on a real data plane, router)',
      ).choices(['everything', 'router']),
    )
    .addOption(
      new Option('--lanes <n>', `how many machines are played on at once, at most ${LANES}`)
        .argParser(integerWithin(1, LANES))
        .default(2),
    )
    .option(
      '--bug <name>',
      'switch on a bug of the router; limpet bugs lists them, and those of the model are for limpet check',
    )
    .option('--trace <folder>', 'write a trace for each suite into this folder, for limpet monitor')
    .option(
      '--replay <file>',
      'play again the path of a failure, from the file that the failed run wrote; the file also names the router',
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      exitCodesHelp({
        0: [
          'the router does what the model says, and every goal is covered',
          'with --replay: the failure does not happen again',
        ],
        1: ['the router differs from the model, or a goal is not covered', 'with --replay: the failure happens again'],
        130: INTERRUPTED,
      }),
    )
    .action(async (options, command) => {
      if (options.replay !== undefined)
        refuseBeside(command, '--replay', 'plays what its file says', OPTIONS_IN_FAILURE_FILE);
      await (await import('../commands/conform.ts')).conform(options, context);
    });
  program
    .command('mutants')
    .description('switch on each known bug in turn, and show which test catches it, after how many steps')
    .option('--bug <names...>', 'only these bugs; limpet bugs lists them')
    .option('--baselines', 'also try one shortest path to each state, and random walks as long as the suites')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp({ 0: 'every bug is caught', 1: 'a bug is not caught', 130: INTERRUPTED }))
    .action(async (options) => (await import('../commands/mutants.ts')).mutants(options, context));
}
