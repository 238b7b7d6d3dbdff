/**
 * Which steps of the model make a new generation of a rule.
 *
 * @module
 */
import type { Cell } from '@limpet/state-space';
import type { ExecutedStep } from './test-model.ts';

/** Text of the step in which a command is applied. */
export const APPLIES = 'the router applies the command';
/** Text of the step in which a command is refused. */
export const REFUSES = 'the router refuses the command';
/** Text of the step in which a command is refused, since the rule's address is elsewhere. */
export const REFUSES_WITHOUT_ADDRESS = 'the router refuses the command without the address of the rule';

/**
 * Indices of the steps that make a generation which the router refuses later on the path: such a generation has to contain a
 * change that HAProxy can refuse.
 */
export function refusableGenerations(steps: readonly ExecutedStep[]): ReadonlySet<number> {
  const refused = new Set<number>();
  const found = new Set<number>();
  for (let at = steps.length - 1; at >= 0; at--) {
    const { text, group, before, after } = steps[at]!;
    if (text === REFUSES) refused.add(group);
    after.cells.forEach((cell, i) => {
      if (!makesGeneration(before.cells[i]!, cell, text, i === group)) return;
      if (refused.delete(i)) found.add(at);
    });
  }
  return found;
}

/** Whether the management side wants the rule on the router. */
export const isPresent = ({ rule }: Cell): boolean => rule.value === 'add' || rule.value === 'active';
/** States of a member in which it is part of its rule. */
export const inRule: ReadonlySet<string> = new Set(['joining', 'serving', 'draining']);
const membership = (cell: Cell): string =>
  cell.members.map(({ value }) => (inRule.has(value) ? (value === 'draining' ? 'd' : 's') : '-')).join('');

/** Whether the step made a new generation of the cell's rule. */
export function makesGeneration(before: Cell, after: Cell, text: string, isActor: boolean): boolean {
  if (before.rule.value === 'gone' && after.rule.value !== 'gone') return true;
  if (before.rule.value !== 'revoke' && after.rule.value === 'revoke') return true;
  if (!isPresent(after)) return false;
  return membership(before) !== membership(after) || (isActor && text.startsWith('a user changes the '));
}
