import { describeExplanation } from '@limpet/router';
import type { Changes } from './changes.ts';

/** A plan for people. */
export function showPlan(changes: Changes): string {
  if (!changes.changes) return 'Nothing to do: the router has these rules, and they are in force.\n';
  const refused = changes.refusals.map(({ rule, reason, message }) => `${rule} will be refused, ${reason}: ${message}`);
  const first = [...refused, ...changes.also].map((line) => `! ${line}\n`);
  return `${first.join('')}${first.length > 0 ? '\n' : ''}${describeExplanation(changes)}`;
}
