import type { RuleRecord } from '@limpet/contract';
import type { Cell } from '@limpet/state-space';
import { isPresent } from '../model/generations.ts';
import { withoutUnusedOptions } from './client-protocol.ts';
import { type ConcreteRule, installedOf, membersOf } from './concrete-rule.ts';
import { changeAlgorithm, changes, stickyPolicies, withCertificate } from './rule-changes.ts';

/** What a generation must be, since of what becomes of it later on the path. */
export interface GenerationNeeds {
  /** It needs a reload, so that HAProxy can refuse it. */
  readonly isRefusable: boolean;
  /** It has this certificate, which then goes. */
  readonly certificate: string | undefined;
}

/**
 * The next generation of a rule: with the stickiness that the model has after the step, or with another change. It counts
 * the changes in `concrete`.
 *
 * @param text - the text of the step when the rule's group takes it; otherwise empty
 */
export function nextRule(
  concrete: ConcreteRule,
  before: Cell,
  after: Cell,
  text: string,
  { isRefusable, certificate }: GenerationNeeds,
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
  rule = withoutUnusedOptions(certificate === undefined ? rule : withCertificate(rule, certificate));
  // HAProxy cannot refuse what the Runtime API changes.
  const isSame = rule.algorithm === installedOf(concrete)?.rule.algorithm;
  return isRefusable && after.rule.value !== 'revoke' && isSame ? changeAlgorithm(rule) : rule;
}

/** The policies in turn, so that every ordered pair of none and a policy occurs. */
function nextPolicy(concrete: ConcreteRule, kind: 'none' | 'source'): RuleRecord['stickiness'] {
  if (kind === 'none') return { method: 'none' };
  concrete.sticky += 1;
  return stickyPolicies[concrete.sticky % stickyPolicies.length]!;
}
