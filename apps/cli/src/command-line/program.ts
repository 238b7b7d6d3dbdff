import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp } from '../exit-codes.ts';
import { addConform } from './conform.ts';
import { addModel } from './model.ts';
import { outputOption } from './options.ts';
import { addRules } from './router.ts';
import { addSimulate } from './simulate.ts';

/**
 * `limpet` and its commands, each loaded when it is called. It throws what goes wrong; it never exits by itself.
 */
export function createProgram(context: Context): Command {
  const program = new Command('limpet')
    .description("A load balancer backend for Apache CloudStack's virtual routers that proves what it does.")
    .version(version(), '-V, --version')
    .exitOverride()
    // An option after "storm" is the storm's, not the scenario's.
    .enablePositionalOptions()
    .configureOutput({ writeOut: context.stdout, writeErr: () => {} })
    .addHelpText('after', exitCodesHelp);
  addSimulate(program, context);
  addModel(program, context);
  addConform(program, context);
  addRules(program, context);
  program
    .command('demo')
    .description('three scenarios, on the same HAProxy driven by CloudStack and by Limpet, side by side')
    .addOption(outputOption())
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/demo.ts')).demo(options, context));
  program
    .command('generate')
    .description('write what is generated from the statecharts')
    .option('--check', 'write nothing; fail when a file is stale')
    .addHelpText('after', exitCodesHelp)
    .action(async (options) => (await import('../commands/generate.ts')).generate(options, context));
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
