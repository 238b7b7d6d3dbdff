import type { Model } from '../ir.ts';
import { header, jsDoc, pascal } from './text.ts';

/** `RouterHandlers`, `dispatch` and `createClient`. */
export function emitHandlers(model: Model): string {
  const names = model.commands.map((command) => command.name);
  return `${header('the handlers')}
import type { Command, ${names.map(pascal).sort().join(', ')} } from './commands.generated.ts';
import { parse, unknownCommand } from './parse.ts';
import type { CommandResult } from './records.generated.ts';
import { commandResultSchema } from './schemas.generated.ts';

/** What a router does: one method a command. A router that lacks one does not compile. */
export interface RouterHandlers {
${model.commands.map((command) => `${jsDoc(command.doc, '  ')}  ${command.name}(command: ${pascal(command.name)}): Promise<CommandResult>;`).join('\n')}
}

/**
 * Hands a command to its handler.
 *
 * @throws ContractError (rejection) when the command is none, which types rule out
 */
export async function dispatch(handlers: RouterHandlers, command: Command): Promise<CommandResult> {
  switch (command.type) {
${names.map((name) => `    case '${name}':\n      return handlers.${name}(command);`).join('\n')}
    default:
      throw unknownCommand(command);
  }
}

/**
 * Handlers that send each command somewhere else, and check what comes back.
 *
 * @param send - delivers a command and resolves to the answer as it was received
 * @throws ContractError (rejection) when the answer is not a {@link CommandResult}
 */
export function createClient(send: (command: Command) => Promise<unknown>): RouterHandlers {
  const ask = async (command: Command) => parse(commandResultSchema, await send(command), \`answer to \${command.type}\`);
  return { ${names.map((name) => `${name}: ask`).join(', ')} };
}
`;
}
