import type { RuleRecord } from '@limpet/contract';

const httpPolicies: ReadonlySet<string> = new Set(['LbCookie', 'AppCookie']);

/** What clients of a rule speak: cookies are read in HTTP only. */
export const clientProtocol = ({ protocol, stickiness }: RuleRecord): 'tcp' | 'http' =>
  protocol === 'http' || httpPolicies.has(stickiness.method) ? 'http' : 'tcp';
