import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { exitCodesHelp, INTERRUPTED } from './exit-codes-help.ts';
import { haproxyOption, outputOption, recordOption } from './options.ts';

/** Defines `limpet demo`. */
export function addDemo(program: Command, context: Context): void {
  program
    .command('demo')
    .description('play three scenarios on HAProxy, driven by CloudStack and by Limpet, side by side')
    .addOption(haproxyOption())
    .addOption(outputOption())
    .addOption(recordOption())
    .addHelpText('after', exitCodesHelp({ 0: 'every scenario was played with both routers', 130: INTERRUPTED }))
    .action(async (options) => (await import('../commands/demo.ts')).demo(options, context));
}
