import type { RuleRecord } from '@limpet/contract';

const httpPolicies: ReadonlySet<string> = new Set(['LbCookie', 'AppCookie']);

/** The protocol of a rule's clients: HTTP as well where it is decrypted, and where the stickiness uses cookies. */
export const clientProtocol = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || protocol === 'ssl' || httpPolicies.has(stickiness.method) ? 'http' : 'tcp';

/** The rule without what only HTTP or TLS has, unless its clients speak it: a router refuses options that it would ignore. */
export function withoutUnusedOptions(rule: RuleRecord): RuleRecord {
  const { tls, ...plain } = rule;
  const kept = tls === undefined || rule.protocol === 'ssl' ? rule : plain;
  if (clientProtocol(kept) === 'http') return kept;
  const { keepAlive, forwarded, ...rest } = kept;
  return rest;
}
