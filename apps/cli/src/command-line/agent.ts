import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from './exit-codes-help.ts';
import { outputOption } from './options.ts';

const SUBMITTED = {
  0: 'every rule is in force, or waits for its address (Standby)',
  2: 'a rule is refused or not in force',
};
const DEFAULT_CONFIG = '/etc/limpet/agent.yaml';

/** Defines the daemon on the router, `limpet agent`, `agent check` and `agent submit`, and `limpet support`. */
export function addAgent(program: Command, context: Context): void {
  const configOption = ['--config <file>', 'the configuration; agent.schema.json describes it'] as const;
  const agent = program
    .command('agent')
    .description('keep the rules of this router in force, until SIGTERM or SIGINT; HAProxy goes on')
    .option(...configOption, DEFAULT_CONFIG)
    .addHelpText('after', exitCodesHelp({ 0: 'stopped by SIGTERM or SIGINT; HAProxy and iptables are as they were' }))
    .action(async (options) => (await import('../commands/agent/agent.ts')).runAgent(options, context));
  agent
    .command('check')
    .description('check a configuration; nothing is started')
    .option(...configOption, DEFAULT_CONFIG)
    .addHelpText('after', exitCodesHelp({ 0: 'the configuration is valid', 1: 'the configuration is invalid' }))
    .action(async (options) => (await import('../commands/agent/agent.ts')).checkAgent(options, context));
  agent
    .command('submit')
    .description("hand CloudStack's databag to the running agent, and wait until each rule is in force or refused")
    .requiredOption('--databag <file>', 'a load_balancer.json, from the queue or as the router keeps it')
    .option(...configOption, DEFAULT_CONFIG)
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp(SUBMITTED))
    .action(async (options) => (await import('../commands/agent/submit.ts')).submitDatabag(options, context));
  program
    .command('support')
    .description('write what helps to understand this router into one file, without its secrets')
    .argument('[file]', 'the file to write', 'limpet-support.tar.gz')
    .option(...configOption, DEFAULT_CONFIG)
    .addHelpText('after', exitCodesHelp({ 0: 'the file is written; stderr names what is not in it' }))
    .action(async (file, options) => (await import('../commands/support.ts')).support(file, options, context));
}
