/**
 * What `npm run bundle` makes one file of: the operator's commands, without Limpet's sources.
 *
 * @module
 */
import { addCheckoutCommands } from './command-line/checkout-commands.ts';
import { createOperatorProgram } from './command-line/operator-program.ts';
import { start } from './start.ts';

start((context) => {
  const program = createOperatorProgram(context);
  addCheckoutCommands(program);
  return program;
});
