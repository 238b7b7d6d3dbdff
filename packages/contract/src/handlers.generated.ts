// DO NOT EDIT - maintained by tools/codegen
// To change the handlers, edit packages/model/src/statecharts and run: npx limpet generate

import type { Command, PutRule, RemoveRule, ReportRules, SyncRules } from './commands.generated.ts';
import { parse, unknownCommand } from './parse.ts';
import type { CommandResult } from './records.generated.ts';
import { commandResultSchema } from './schemas.generated.ts';

/** What a router does: one method a command. A router that lacks one does not compile. */
export interface RouterHandlers {
  /** Programs one whole rule, unless the router already has a newer generation of it. */
  putRule(command: PutRule): Promise<CommandResult>;
  /** Removes a rule, unless the router already has a newer generation of it. */
  removeRule(command: RemoveRule): Promise<CommandResult>;
  /** Programs the full set: whatever is not in it, and not newer than its revision, goes. */
  syncRules(command: SyncRules): Promise<CommandResult>;
  /** Asks what the router observes. Changes nothing. */
  reportRules(command: ReportRules): Promise<CommandResult>;
}

/**
 * Hands a command to its handler.
 *
 * @throws ContractError (rejection) when the command is none, which types rule out
 */
export async function dispatch(handlers: RouterHandlers, command: Command): Promise<CommandResult> {
  switch (command.type) {
    case 'putRule':
      return handlers.putRule(command);
    case 'removeRule':
      return handlers.removeRule(command);
    case 'syncRules':
      return handlers.syncRules(command);
    case 'reportRules':
      return handlers.reportRules(command);
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
  const ask = async (command: Command) => parse(commandResultSchema, await send(command), `answer to ${command.type}`);
  return { putRule: ask, removeRule: ask, syncRules: ask, reportRules: ask };
}
