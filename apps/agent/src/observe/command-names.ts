import type { Command } from '@limpet/contract';
import { ruleId } from '@limpet/router';

/** The rules of a command, and its generation. */
export function namesOf(command: Command): { rules: string[]; generation: number } {
  switch (command.type) {
    case 'putRule':
      return { rules: [ruleId(command.rule)], generation: command.generation };
    case 'removeRule':
      return { rules: [ruleId(command.key)], generation: command.generation };
    case 'syncRules':
      return { rules: command.snapshot.rules.map(({ rule }) => ruleId(rule)), generation: command.snapshot.revision };
    case 'reportRules':
      return { rules: [], generation: 0 };
  }
}
