import { readFileSync } from 'node:fs';
import { type Argument, Command } from 'commander';
import type { Context } from '../context.ts';
import { addAgent } from './agent.ts';
import { addConform } from './conform.ts';
import { addDemo } from './demo.ts';
import { addGenerate } from './generate.ts';
import { addInspect } from './inspect.ts';
import { addModel } from './model.ts';
import { chooseHaproxy } from './options.ts';
import { addRouter } from './router.ts';
import { addSimulate } from './simulate.ts';

/**
 * Defines `limpet` and its commands, in groups: the operator's first. A command's implementation is loaded when the command
 * is called.
 *
 * @returns a program that throws CommanderError, or the error of the command, and never exits by itself
 */
export function createProgram(context: Context): Command {
  const program = new Command('limpet')
    .description("A load balancer backend for Apache CloudStack's virtual routers that proves what it does.")
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    // An option after "storm" is the storm's, not the scenario's.
    .enablePositionalOptions()
    .configureHelp({
      // Without the implicit command "help", which the last line names.
      visibleCommands: ({ commands }) => [...commands],
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
    })
    .hook('preAction', (_, command) => chooseHaproxy(command.opts()))
    .configureOutput({ writeOut: context.stdout, writeErr: () => {} })
    .addHelpText('after', "\nlimpet help COMMAND shows a command's options and exit codes.\n");
  program.commandsGroup('Router:');
  addRouter(program, context);
  addAgent(program, context);
  program.commandsGroup('Model:');
  addModel(program, context);
  addInspect(program, context);
  program.commandsGroup('Testing and simulation:');
  addSimulate(program, context);
  addConform(program, context);
  addDemo(program, context);
  program.commandsGroup('Development:');
  addGenerate(program, context);
  return program;
}

const argumentTerm = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
