import { type Argument, Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { Context } from '../context.ts';
import { addAgent } from './agent.ts';
import { chooseHaproxy, refuseEmpty } from './options.ts';
import { addRouter } from './router.ts';

/**
 * Defines `limpet` with the commands that an operator needs on a router. A command's implementation is loaded when the
 * command is called.
 *
 * @returns a program that throws CommanderError, or the error of the command, and never exits by itself
 */
export function createOperatorProgram(context: Context): Command {
  const program = new Command('limpet')
    .description("A load balancer backend for Apache CloudStack's virtual routers that proves what it does.")
    .version(manifest.version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    // An option after "storm" is the storm's, not the scenario's.
    .enablePositionalOptions()
    .configureHelp({
      // Without the implicit command "help", which the last line names, and those that only say where they are.
      visibleCommands: ({ commands }) => commands.filter((command) => command.description() !== ''),
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
    })
    .hook('preAction', (_, command) => {
      refuseEmpty(command);
      chooseHaproxy(command.opts());
    })
    .configureOutput({ writeOut: context.stdout, writeErr: () => {} })
    .addHelpText('after', "\nlimpet help COMMAND shows a command's options and exit codes.\n");
  program.commandsGroup('Router:');
  addRouter(program, context);
  addAgent(program, context);
  return program;
}

const argumentTerm = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
