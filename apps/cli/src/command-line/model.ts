import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp, INTERRUPTED } from './exit-codes-help.ts';
import { outputOption, positiveInteger } from './options.ts';

/** Defines the commands on the model alone: `limpet check`, `paths`, `bugs`, `monitor`. */
export function addModel(program: Command, context: Context): void {
  addCheck(program, context);
  addPaths(program, context);
  addBugs(program, context);
  addMonitor(program, context);
}

function addCheck(program: Command, context: Context): void {
  program
    .command('check')
    .description('visit every state of the model, and print a shortest counterexample to what does not hold')
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
    .addOption(new Option('--threads <n>', 'worker threads').argParser(positiveInteger).default(2))
    .option('--no-symmetry', 'also visit states that differ only in the order of groups or of members')
    .option(
      '--bug <name>',
      'switch on a bug of the model; limpet bugs lists them, and those of routers are for limpet conform',
    )
    .addOption(
      new Option(
        '--export <format>',
        'print a model for SPIN, and check nothing: of several groups step by step, or of one group event by event',
      ).choices(['promela', 'promela-system']),
    )
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
--export promela is made from the tables that limpet check runs on. --export promela-system is made from the statecharts, and has
their composition written a second time: SPIN then checks also how the tables were made. It tells members apart, and takes
--members only.
${exitCodesHelp({
  0: ['everything holds', 'with --export: the model is printed'],
  1: 'an invariant or liveness does not hold',
  130: INTERRUPTED,
})}`,
    )
    .action(async (options) => (await import('../commands/check.ts')).check(options, context));
}

function addBugs(program: Command, context: Context): void {
  program
    .command('bugs')
    .description('list the known bugs that check --bug and conform --bug switch on')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp({ 0: 'the list is printed' }))
    .action(async (options) => (await import('../commands/bugs.ts')).bugs(options, context));
}

function addPaths(program: Command, context: Context): void {
  program
    .command('paths')
    .description('plan test paths that cover the model, and prove that they do')
    .addOption(
      new Option(
        '--suite <suite>',
        'what to cover: every step, every two steps in a row, or every interaction of two groups',
      )
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
In the result, "steps" is the length of all paths together. "cost" adds 1 for the reset that begins each path. No suite that
meets the goals costs less than "lowerBound".
${exitCodesHelp({ 0: 'the paths meet every goal', 1: 'a goal is not met' })}`,
    )
    .action(async (options) => (await import('../commands/paths.ts')).paths(options, context));
}

function addMonitor(program: Command, context: Context): void {
  program
    .command('monitor')
    .description('check that a recorded trace is an execution of the model')
    .argument('<file>', 'the trace, one JSON object with an "event" a line; - for stdin')
    .addOption(new Option('--groups <n>', 'groups, with one rule each').argParser(positiveInteger).default(1))
    .addOption(new Option('--members <n>', 'most members of a group').argParser(positiveInteger).default(2))
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
A line is {"event":"group-1/user-enables-the-group"}, or a heartbeat with the fields of every group.
The events have the names of the steps that limpet check prints.
${exitCodesHelp({
  0: 'an execution of the model explains the trace',
  1: 'no execution of the model explains a line of the trace',
  130: INTERRUPTED,
})}`,
    )
    .action(async (file, options) => (await import('../commands/monitor.ts')).monitor(file, options, context));
}
