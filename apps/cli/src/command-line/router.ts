import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import { defaultDir } from '../rules/default-dir.ts';
import { outputOption } from './options.ts';

/** The commands on a rules file and the router of this machine. */
export function addRules(program: Command, context: Context): void {
  const withFile = (name: string, description: string, orElse = ''): Command =>
    program
      .command(name)
      .description(description)
      .argument('[rules]', `a YAML file with all rules of the router; apps/cli/rules.schema.json describes it${orElse}`)
      .option('--from <file>', 'take the rules from a CloudStack load_balancer.json databag instead');
  const onRouter = (command: Command): Command =>
    command
      .option('--dir <dir>', "where the router's state and sockets are", defaultDir)
      .addOption(outputOption())
      .addHelpText('after', exitCodesHelp);
  onRouter(withFile('plan', 'say what it takes to bring the rules about on the router of this machine; do nothing'))
    .option('--out <file>', 'save the plan, for apply')
    .action(async (file, options) => (await import('../commands/plan.ts')).plan(file, options, context));
  onRouter(
    withFile(
      'apply',
      'bring the rules, or a saved plan, about on the router of this machine; wait until in force',
      '; or the file that plan --out has saved',
    ),
  ).action(async (file, options) => (await import('../commands/apply.ts')).apply(file, options, context));
  onRouter(withFile('diff', 'say in which fields the rules and the router of this machine differ')).action(
    async (file, options) => (await import('../commands/diff.ts')).diff(file, options, context),
  );
  onRouter(withFile('verify', 'read the router of this machine back and probe it: which rules are in force')).action(
    async (file, options) => (await import('../commands/verify.ts')).verify(file, options, context),
  );
  onRouter(
    program.command('status').description('conditions and counters of the rules of the router of this machine'),
  ).action(async (options) => (await import('../commands/status.ts')).status(options, context));
}
