import type { RuleStatus } from '@limpet/contract';
import { ruleId } from '@limpet/router';
import type { AgentEvent } from './event-log.ts';

/** Finds the conditions that have changed between two looks. */
export class ConditionWatch {
  #known = new Map<string, RuleStatus>();

  /** The changes since the last look; of a rule that was not there, each condition. */
  changes(statuses: readonly RuleStatus[]): AgentEvent[] {
    const before = this.#known;
    this.#known = new Map(statuses.map((status) => [ruleId(status.key), status]));
    return [...this.#known].flatMap(([rule, status]) => {
      const known = before.get(rule);
      if (known === status) return [];
      return status.conditions.flatMap(({ type, status: said, reason, message, observedGeneration }): AgentEvent[] => {
        const former = known?.conditions.find((condition) => condition.type === type);
        if (former?.status === said && former.reason === reason) return [];
        return [
          { type: 'condition', rule, condition: type, status: said, reason, message, generation: observedGeneration },
        ];
      });
    });
  }
}
