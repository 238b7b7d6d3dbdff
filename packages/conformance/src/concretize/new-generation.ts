import type { RuleRecord } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import { isPresent } from '../model/generations.ts';
import { changeAlgorithm, changes, stickyPolicies } from './changes.ts';
import { type Bound, membersOf } from './concrete-rule.ts';

/**
 * The rule as it is wanted after a step that makes a new generation of it.
 *
 * @param text - the step, when it is the group's own
 * @param refusable - the generation must hold something that HAProxy can refuse
 */
export function nextRule(bound: Bound, before: Cell, after: Cell, text: string, refusable: boolean): RuleRecord {
  let rule: RuleRecord = { ...bound.rule, members: membersOf(bound) };
  if (before.rule.value === 'gone') rule = { ...rule, stickiness: { method: 'none' } };
  const wanted = after.rule.context.stickiness;
  const has = rule.stickiness.method === 'none' ? 'none' : 'source';
  if (isPresent(after) && wanted !== has) rule = { ...rule, stickiness: nextPolicy(bound, wanted) };
  else if (text === 'a user changes the protocol') {
    rule = changes[bound.changed % changes.length]!(rule);
    bound.changed += 1;
  }
  // What HAProxy takes at run time, it cannot refuse.
  const isSame = rule.algorithm === bound.given?.rule.algorithm;
  return refusable && after.rule.value !== 'revoke' && isSame ? changeAlgorithm(rule) : rule;
}

/** Round and round, so that every ordered pair of none and a policy occurs. */
function nextPolicy(bound: Bound, kind: 'none' | 'source'): RuleRecord['stickiness'] {
  if (kind === 'none') return { method: 'none' };
  bound.sticky += 1;
  return stickyPolicies[bound.sticky % stickyPolicies.length]!;
}
