import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addConform } from './conform.ts';
import { addDemo } from './demo.ts';
import { addGenerate } from './generate.ts';
import { addInspect } from './inspect.ts';
import { addModel } from './model.ts';
import { createOperatorProgram } from './operator-program.ts';
import { addSimulate } from './simulate.ts';

/**
 * Defines `limpet` and all of its commands, in groups: the operator's first, and then those that need a checkout. A
 * command's implementation is loaded when the command is called.
 *
 * @returns a program that throws CommanderError, or the error of the command, and never exits by itself
 */
export function createProgram(context: Context): Command {
  const program = createOperatorProgram(context);
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
