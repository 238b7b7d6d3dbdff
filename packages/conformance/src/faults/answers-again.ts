import type { CommandResult } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import { type Fault, onHandlers } from './fault.ts';

/** The router answers a command that had this outcome as it did before, without a try, when it is sent again. */
export const answersAgain = (outcome: 'applied' | 'refused'): Fault['inject'] =>
  onHandlers(
    () => new Map<string, CommandResult>(),
    (router, answers) => ({
      async putRule(command) {
        const key = `${ruleId(command.rule)} ${command.generation}`;
        const before = answers.get(key);
        if (before !== undefined) return before;
        const answer = await router.putRule(command);
        if (answer.outcome === outcome) answers.set(key, answer);
        return answer;
      },
    }),
  );
