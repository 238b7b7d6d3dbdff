import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import {
  DEFAULT_SCENARIO,
  dataPlaneOption,
  integerWithin,
  outputOption,
  positiveInteger,
  publicAddress,
  routerOption,
} from './options.ts';

export function addSimulate(program: Command, context: Context): void {
  const command = program
    .command('simulate')
    .description(
      'play a scenario, or a counterexample of check, against a router and let the clients judge what is in force',
    )
    .argument('[scenario]', `a shipped scenario's name, or the path of a YAML file (default: "${DEFAULT_SCENARIO}")`)
    .addOption(routerOption())
    .addOption(dataPlaneOption())
    .option('--replay <trace>', 'play the run that limpet check --bug NAME -o json prints; - for stdin')
    .option(
      '--from <file>',
      "take the rules from a CloudStack load_balancer.json databag instead of the scenario's groups",
    )
    .addOption(
      new Option('--public-ip <address...>', 'an address of the router, besides those of the scenario').argParser(
        publicAddress,
      ),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  limpet simulate cloudstack-9583 --router cloudstack
  limpet check --bug line-set-compare -o json > run.json; limpet simulate --replay run.json --router cloudstack
${exitCodesHelp}`,
    )
    .action(async (scenario, options) =>
      (await import('../commands/simulate.ts')).simulate(scenario, options, context),
    );
  addStorm(command, context);
}

function addStorm(simulateCommand: Command, context: Context): void {
  simulateCommand
    .command('storm')
    .description('random operations on many rules, several at a time, under the load of all their clients')
    .addOption(new Option('--ops <n>', 'operations in all').argParser(positiveInteger).default(1000))
    .addOption(
      new Option('--seed <n>', 'the same seed gives the same operations').argParser(positiveInteger).default(1),
    )
    .addOption(
      new Option('--rules <n>', 'rules to begin with, at most 1000').argParser(integerWithin(1, 1000)).default(50),
    )
    .addOption(new Option('--members <n>', 'members of each, 2 to 100').argParser(integerWithin(2, 100)).default(10))
    .addOption(routerOption())
    .addOption(dataPlaneOption())
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/storm.ts')).storm(options, context));
}
