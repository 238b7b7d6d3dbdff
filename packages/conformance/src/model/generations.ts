/**
 * Which steps of the model make a new generation of a rule.
 *
 * @module
 */
import type { Cell } from '@limpet/state-space';
import type { ExecutedStep } from './test-model.ts';

export const APPLIES = 'the router applies the command';
export const REFUSES = 'the router refuses the command';

/**
 * Steps that make a generation which is refused later on: it must hold something that HAProxy has a say in.
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

export const isPresent = ({ rule }: Cell): boolean => rule.value === 'add' || rule.value === 'active';
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
