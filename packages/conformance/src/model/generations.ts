/**
 * Which steps of the model make a new generation of a rule.
 *
 * @module
 */
import type { Cell, HostNeed } from '@limpet/state-space';
import type { ExecutedStep } from './test-model.ts';

/** Text of the step in which a command is applied. */
export const APPLIES = 'the router applies the command';
/** Text of the step in which a command is refused. */
export const REFUSES = 'the router refuses the command';
/** By the text of the step in which a rule loses it: what its host takes from it. */
export const LOSES: Readonly<Record<string, HostNeed>> = {
  'the address of the rule goes elsewhere': 'address',
  'the certificate of the rule goes': 'certificate',
};
/** By the text of the step in which it is there again. */
export const REGAINS: Readonly<Record<string, HostNeed>> = {
  'the address of the rule comes back': 'address',
  'the certificate of the rule comes back': 'certificate',
};
/** By the text of the step in which a command is refused, since the rule lacks it. */
export const REFUSES_WITHOUT: Readonly<Record<string, HostNeed>> = {
  'the router refuses the command without the address of the rule': 'address',
  'the router refuses the command without the certificate of the rule': 'certificate',
};

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

/**
 * Indices of the steps that make a generation of which the certificate goes later on the path, or which comes to the router while it is
 * gone: such a generation has to have a certificate.
 */
export function certifiedGenerations(steps: readonly ExecutedStep[]): ReadonlySet<number> {
  const made: number[] = [];
  const installed: number[] = [];
  const found = new Set<number>();
  steps.forEach(({ text, group, before, after }, at) => {
    after.cells.forEach((cell, i) => {
      if (makesGeneration(before.cells[i]!, cell, text, i === group)) made[i] = at;
    });
    const isWithheld = REFUSES_WITHOUT[text] !== undefined;
    if (text === APPLIES || isWithheld) installed[group] = made[group]!;
    if (LOSES[text] === 'certificate' || REFUSES_WITHOUT[text] === 'certificate') found.add(installed[group]!);
  });
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
