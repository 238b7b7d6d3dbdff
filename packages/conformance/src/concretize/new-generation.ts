import type { RuleRecord } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import { isPresent } from '../model/generations.ts';
import { changeAlgorithm, changes, stickyPolicies } from './changes.ts';
import { type ConcreteRule, membersOf } from './concrete-rule.ts';

/**
 * The rule as it is wanted after a step that makes a new generation of it.
 *
 * @param text - the step, when it is the group's own
 * @param refusable - the generation must hold something that HAProxy can refuse
 */
export function nextRule(
  concrete: ConcreteRule,
  before: Cell,
  after: Cell,
  text: string,
  refusable: boolean,
): RuleRecord {
  let rule: RuleRecord = { ...concrete.rule, members: membersOf(concrete) };
  if (before.rule.value === 'gone') rule = { ...rule, stickiness: { method: 'none' } };
  const wanted = after.rule.context.stickiness;
  const has = rule.stickiness.method === 'none' ? 'none' : 'source';
  if (isPresent(after) && wanted !== has) rule = { ...rule, stickiness: nextPolicy(concrete, wanted) };
  else if (text === 'a user changes the protocol') {
    rule = changes[concrete.changed % changes.length]!(rule);
    concrete.changed += 1;
  }
  // What HAProxy takes at run time, it cannot refuse.
  const isSame = rule.algorithm === concrete.installed?.rule.algorithm;
  return refusable && after.rule.value !== 'revoke' && isSame ? changeAlgorithm(rule) : rule;
}

/** Round and round, so that every ordered pair of none and a policy occurs. */
function nextPolicy(concrete: ConcreteRule, kind: 'none' | 'source'): RuleRecord['stickiness'] {
  if (kind === 'none') return { method: 'none' };
  concrete.sticky += 1;
  return stickyPolicies[concrete.sticky % stickyPolicies.length]!;
}
