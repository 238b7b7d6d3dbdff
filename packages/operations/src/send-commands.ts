import type { CommandResult, PutRule, RemoveRule, RuleStatus } from '@limpet/contract';
import { type Router, ruleId } from '@limpet/router';

/**
 * Sends all commands to a router at once, so that changes share a reload, and waits until each is in force or refused.
 *
 * @param settled called with each rule's id when its result is there
 * @returns the statuses of the rules, in the order of the commands; of a removed rule only when the removal failed
 */
export async function sendCommands(
  router: Router,
  commands: readonly (PutRule | RemoveRule)[],
  settled: (id: string, result: CommandResult) => void,
): Promise<RuleStatus[]> {
  // The router's timers keep no process alive: without this, the process could end before a command is answered.
  const awake = setInterval(() => {}, 60_000);
  try {
    const statuses = await Promise.all(
      commands.map(async (command): Promise<RuleStatus[]> => {
        const isPut = command.type === 'putRule';
        const result = await (isPut ? router.putRule(command) : router.removeRule(command));
        settled(ruleId(isPut ? command.rule : command.key), result);
        return isPut || result.outcome !== 'applied' ? result.rules : [];
      }),
    );
    return statuses.flat();
  } finally {
    clearInterval(awake);
  }
}
