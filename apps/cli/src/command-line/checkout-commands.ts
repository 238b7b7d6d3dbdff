import type { Command } from 'commander';
import { CliError } from '../errors.ts';

/** The commands that need Limpet's sources: they compile statecharts, build a page, or start programs of the sources. */
export const CHECKOUT_COMMANDS = [
  'check',
  'paths',
  'bugs',
  'monitor',
  'inspect',
  'simulate',
  'conform',
  'mutants',
  'demo',
  'generate',
] as const;

/** Defines, where there is no checkout, that each of these commands says so, and how it is run. */
export function addCheckoutCommands(program: Command): void {
  program.addHelpText(
    'after',
    `${CHECKOUT_COMMANDS.join(', ')} need Limpet's sources: npx limpet COMMAND in a checkout.\n`,
  );
  for (const name of CHECKOUT_COMMANDS) {
    program
      .command(name)
      .helpOption(false)
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {
        const remedy = `run npx limpet ${name} in a checkout of Limpet`;
        throw new CliError('CHECKOUT_NEEDED', `limpet ${name} needs Limpet's sources, and this is one file: ${remedy}`);
      });
  }
}
