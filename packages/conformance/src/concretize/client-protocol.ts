import type { RuleRecord } from '@limpet/contract';

const httpPolicies: ReadonlySet<string> = new Set(['LbCookie', 'AppCookie']);

/** The protocol of a rule's clients: HTTP as well where it is decrypted, and where the stickiness uses cookies. */
export const clientProtocol = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || protocol === 'ssl' || httpPolicies.has(stickiness.method) ? 'http' : 'tcp';

/** The rule without what only HTTP has, unless its clients speak HTTP: a router refuses options that it would ignore. */
export function withoutUnusedOptions(rule: RuleRecord): RuleRecord {
  if (clientProtocol(rule) === 'http') return rule;
  const { keepAlive, ...rest } = rule;
  return rest;
}
