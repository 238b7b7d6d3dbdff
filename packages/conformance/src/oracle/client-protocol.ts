import type { RuleRecord } from '@limpet/contract';

const httpPolicies: ReadonlySet<string> = new Set(['LbCookie', 'AppCookie']);

/** The protocol of a rule's clients: HTTP as well where the stickiness uses cookies. */
export const clientProtocol = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || httpPolicies.has(stickiness.method) ? 'http' : 'tcp';
