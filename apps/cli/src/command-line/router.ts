import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { defaultDir } from '../rules/default-dir.ts';
import { type ExitCodeMeanings, exitCodesHelp, INTERRUPTED } from './exit-codes-help.ts';
import { haproxyOption, outputOption, positiveInteger } from './options.ts';

const ALL_WELL = 'every rule is in force, or waits for its address (Standby)';
const PLANNED: ExitCodeMeanings = {
  0: 'there is nothing to change',
  1: 'a rule would be refused',
  2: 'there is something to change',
};
const APPLIED: ExitCodeMeanings = {
  0: `there was nothing to change, and ${ALL_WELL}`,
  1: 'a rule is refused or not in force',
  2: `the router was changed, and ${ALL_WELL}`,
  130: `${INTERRUPTED}; what was changed stays, and the next apply does the rest`,
};
const VERIFIED: ExitCodeMeanings = { 0: ALL_WELL, 2: 'a rule is not in force' };

/** Defines the commands on the router of this machine: `limpet plan`, `apply`, `diff`, `verify`, `status`, `events`. */
export function addRouter(program: Command, context: Context): void {
  const withFile = (name: string, description: string, orElse = ''): Command =>
    program
      .command(name)
      .description(description)
      .argument('[rules]', `a YAML file with all rules of the router; apps/cli/rules.schema.json describes it${orElse}`)
      .option('--from <file>', 'take rules and settings from a CloudStack load_balancer.json databag instead')
      .option(
        '--set <name=value>',
        'a setting, in place of that of the file, such as maxConnections=6000 or timeouts.client=30m (repeatable)',
        (value: string, before: readonly string[] = []) => [...before, value],
      );
  const onRouter = (command: Command, meanings: ExitCodeMeanings): Command =>
    command
      .option('--dir <dir>', "the folder with the router's state and sockets", defaultDir)
      .addOption(haproxyOption())
      .addOption(outputOption())
      .addHelpText('after', exitCodesHelp(meanings));
  onRouter(withFile('plan', 'show what apply would change'), PLANNED)
    .option('--out <file>', 'save the plan, for apply')
    .action(async (file, options) => (await import('../commands/plan.ts')).plan(file, options, context));
  onRouter(
    withFile(
      'apply',
      'change the router to match the rules, and wait until every rule is in force',
      '; or a plan that limpet plan --out has saved',
    ),
    APPLIED,
  ).action(async (file, options) => (await import('../commands/apply.ts')).apply(file, options, context));
  onRouter(withFile('diff', 'show the fields in which the rules and the router differ'), PLANNED).action(
    async (file, options) => (await import('../commands/diff.ts')).diff(file, options, context),
  );
  onRouter(withFile('verify', 'read the router back and probe it; show which rules are in force'), VERIFIED).action(
    async (file, options) => (await import('../commands/verify.ts')).verify(file, options, context),
  );
  onRouter(
    program.command('status').description("show the conditions and counters of the router's rules"),
    VERIFIED,
  ).action(async (options) => (await import('../commands/status.ts')).status(options, context));
  program
    .command('events')
    .description('follow what the agent that drives the router does: commands, conditions, refusals')
    .option('--dir <dir>', "the folder with the router's state and sockets", defaultDir)
    .option(
      '--after <number>',
      'begin after the event with this number, with those that the agent still has',
      positiveInteger,
    )
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp({ 0: 'the agent has stopped', 130: INTERRUPTED }))
    .action(async (options) => (await import('../commands/agent/events.ts')).events(options, context));
}
