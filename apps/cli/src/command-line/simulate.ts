import { type Command, Option } from 'commander';
import { DEFAULT_SCENARIO } from '../arguments/default-scenario.ts';
import type { Context } from '../context.ts';
import { type ExitCodeMeanings, exitCodesHelp, INTERRUPTED } from './exit-codes-help.ts';
import {
  dataPlaneOption,
  haproxyOption,
  haproxyVersionOption,
  integerWithin,
  outputOption,
  positiveInteger,
  publicAddress,
  recordOption,
  routerOption,
} from './options.ts';

const ALL_WELL = 'all changes are in force, no client was moved, and no connection failed';
const PLAYED: ExitCodeMeanings = {
  0: ALL_WELL,
  2: 'a change is not in force, a client was moved, or a connection failed',
  130: INTERRUPTED,
};

/** Defines `limpet simulate` and `limpet simulate storm`. */
export function addSimulate(program: Command, context: Context): void {
  const command = program
    .command('simulate')
    .description('play a scenario, or a counterexample of check, on a router; its clients judge what is in force')
    .argument('[scenario]', `the name of a shipped scenario, or a YAML file (default: "${DEFAULT_SCENARIO}")`)
    .addOption(routerOption())
    .addOption(dataPlaneOption())
    .addOption(haproxyOption())
    .addOption(haproxyVersionOption())
    .option('--replay <trace>', 'play the counterexample that limpet check --bug NAME -o json prints; - for stdin')
    .option(
      '--from <file>',
      "take the rules from a CloudStack load_balancer.json databag instead of the scenario's groups",
    )
    .addOption(
      new Option(
        '--public-ip <address...>',
        'a further address of the router, besides those of the scenario',
      ).argParser(publicAddress),
    )
    .addOption(recordOption())
    .option('--inspect', 'show the run in a browser while it is played, and afterwards until Ctrl-C')
    .addOption(new Option('--messages <socket>', 'where the run in a sandbox sends its messages').hideHelp())
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  limpet simulate cloudstack-9583 --router cloudstack
  limpet simulate scale-storm --inspect
  limpet simulate held-connections --data-plane memory --haproxy-version 2.4.24
  limpet check --bug line-set-compare -o json > run.json; limpet simulate --replay run.json --router cloudstack
${exitCodesHelp({
  ...PLAYED,
  0: [ALL_WELL, 'with --replay: the counterexample does not happen on this router'],
  1: 'with --replay: the counterexample happens on this router',
})}`,
    )
    .action(async (scenario, options) =>
      (await import('../commands/simulate.ts')).simulate(scenario, options, context),
    );
  addStorm(command, context);
}

function addStorm(simulateCommand: Command, context: Context): void {
  simulateCommand
    .command('storm')
    .description('run random operations on many rules, several at a time, under the load of all their clients')
    .addOption(new Option('--ops <n>', 'how many operations').argParser(positiveInteger).default(1000))
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same operations').argParser(positiveInteger).default(1),
    )
    .addOption(
      new Option('--rules <n>', 'how many rules there are at the beginning, at most 1000')
        .argParser(integerWithin(1, 1000))
        .default(50),
    )
    .addOption(
      new Option('--members <n>', 'members of each rule, 2 to 100').argParser(integerWithin(2, 100)).default(10),
    )
    .addOption(routerOption())
    .addOption(dataPlaneOption())
    .addOption(haproxyOption())
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp(PLAYED))
    .action(async (options) => (await import('../commands/storm.ts')).storm(options, context));
}
