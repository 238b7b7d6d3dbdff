import type { RuleRecord } from '@limpet/contract';
import { canonicalNetwork } from '../../cidr.ts';
import { ruleId } from '../../names.ts';

/** What clients may connect to. */
export type ChainListener = Readonly<Pick<RuleRecord, 'ip' | 'port'>> & { readonly cidrs: readonly string[] };

/** Our own chain: refilled atomically, linked from INPUT once; rules of others are never touched. */
export const chainName = 'LIMPET-LB';

/** `-A INPUT` arguments of the one link to it. */
export const chainJump: readonly string[] = ['INPUT', '-j', chainName];

/** In the very words of `iptables-save`, so that what is read back compares as text. */
const match = ({ ip, port }: ChainListener, source: string): string =>
  `${source}-d ${ip}/32 -p tcp -m tcp --dport ${port} -m conntrack --ctstate`;

const sourceMatch = (cidr: string): string => {
  const network = canonicalNetwork(cidr);
  return network === '0.0.0.0/0' ? '' : `-s ${network} `;
};

/** Whether everybody may connect to it. */
export const isOpen = ({ cidrs }: ChainListener): boolean =>
  cidrs.length === 0 || cidrs.some((cidr) => sourceMatch(cidr) === '');

/**
 * An accept for each rule, or for each network that it admits, and then a drop for all others: what follows in INPUT may
 * let them in. CloudStack rejects them in HAProxy. What follows may also drop by port alone, so that all packets of a
 * client are accepted here; held connections of those who are not admitted any more are ended in HAProxy.
 */
export const chainRules = (rules: readonly ChainListener[]): string[] =>
  rules.flatMap((rule) => {
    const sources = rule.cidrs.length === 0 ? [''] : [...new Set(rule.cidrs.map(sourceMatch))];
    const accepts = sources.map((source) => `${match(rule, source)} NEW,ESTABLISHED -j ACCEPT`);
    return isOpen(rule) ? accepts : [...accepts, `${match(rule, '')} NEW -j DROP`];
  });

/** All that a router publishes, in the order of the chain: what is its own comes first. */
export const listenersOf = <T extends ChainListener>(
  rules: readonly T[],
  statsPage?: ChainListener,
): (T | ChainListener)[] => [
  ...(statsPage ? [statsPage] : []),
  ...[...rules].sort((a, b) => (ruleId(a) < ruleId(b) ? -1 : 1)),
];
