import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import { outputOption, positiveInteger } from './options.ts';

/** The commands on the model alone. */
export function addModel(program: Command, context: Context): void {
  addCheck(program, context);
  addBugs(program, context);
  addPaths(program, context);
  addMonitor(program, context);
}

function addCheck(program: Command, context: Context): void {
  program
    .command('check')
    .description('visit every state of some groups that share a router, and say what does not hold')
    .addOption(
      new Option(
        '--groups <n>',
        'groups, with one rule each (default: 2; with --bug, as few as show the bug)',
      ).argParser(positiveInteger),
    )
    .addOption(
      new Option('--members <n>', 'most members of a group (default: 2; with --bug, as few as show the bug)').argParser(
        positiveInteger,
      ),
    )
    .addOption(new Option('--threads <n>', 'threads that work').argParser(positiveInteger).default(2))
    .option('--no-symmetry', 'also visit states that differ only in the order of groups or members')
    .option(
      '--bug <name>',
      'switch a bug of the model on; limpet bugs lists them, those of routers are for limpet conform',
    )
    .addOption(
      new Option('--export <format>', 'check nothing; print the model for another checker').choices(['promela']),
    )
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/check.ts')).check(options, context));
}

function addBugs(program: Command, context: Context): void {
  program
    .command('bugs')
    .description('the real bugs that can be switched on: of the model by check --bug, of a router by conform --bug')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/bugs.ts')).bugs(options, context));
}

function addPaths(program: Command, context: Context): void {
  program
    .command('paths')
    .description('the runs that together meet every goal of a suite, each from a reset, and the proof that they do')
    .addOption(
      new Option('--suite <suite>', 'what to meet: every step, every two steps in a row, every way that groups meet')
        .choices(['transitions', 'pairs', 'interactions'])
        .default('transitions'),
    )
    .addOption(
      new Option('--groups <n>', 'groups, with one rule each (default: 1, for interactions 2)').argParser(
        positiveInteger,
      ),
    )
    .addOption(
      new Option('--members <n>', 'most members of a group (default: 2, for interactions 1)').argParser(
        positiveInteger,
      ),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
In the result, "steps" are those of all paths; "cost" is the steps and 1 for the reset that begins each path, and no suite
that meets the goals costs less than "lowerBound".
${exitCodesHelp}`,
    )
    .action(async (options) => (await import('../commands/paths.ts')).paths(options, context));
}

function addMonitor(program: Command, context: Context): void {
  program
    .command('monitor')
    .description('follow the trace of a run, and say at which line no execution of the model explains it any more')
    .argument('<file>', 'the trace, one JSON object with an "event" a line; - for stdin')
    .addOption(new Option('--groups <n>', 'groups, with one rule each').argParser(positiveInteger).default(1))
    .addOption(new Option('--members <n>', 'most members of a group').argParser(positiveInteger).default(2))
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
A line is {"event":"group-1/user-enables-the-group"}, or a heartbeat with the fields of every group.
The names are those of limpet check's steps.
${exitCodesHelp}`,
    )
    .action(async (file, options) => (await import('../commands/monitor.ts')).monitor(file, options, context));
}
