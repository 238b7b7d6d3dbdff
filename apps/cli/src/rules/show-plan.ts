import type { Changes } from '@limpet/operations';
import { describeExplanation } from '@limpet/router';
import { withFileFieldNames } from './field-names.ts';
import { showRefusals } from './show-refusals.ts';

/** The plan for people: what would be refused, other work, then the steps for each rule. */
export function showPlan(changes: Changes): string {
  const refused = showRefusals(changes);
  if (!changes.changes && refused.length === 0)
    return 'Nothing to do: the router has these rules. Whether they are in force is what limpet verify says.\n';
  const first = [...refused, ...changes.also.map((line) => `! ${line}`)].map((line) => `${line}\n`);
  return `${first.join('')}${first.length > 0 ? '\n' : ''}${describeExplanation(withFileFieldNames(changes))}`;
}
