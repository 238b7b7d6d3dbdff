import type { RuleRecord } from '@limpet/contract';
import { canonicalNetwork } from './network.ts';

/** What clients may connect to. */
export type Published = Readonly<Pick<RuleRecord, 'ip' | 'port'>> & { readonly cidrs: readonly string[] };

/** Our own chain: refilled atomically, linked from INPUT once; rules of others are never touched. */
export const acceptChain = 'LIMPET-LB';

/** `-A INPUT` arguments of the one link to it. */
export const acceptJump: readonly string[] = ['INPUT', '-j', acceptChain];

/** In the very words of `iptables-save`, so that what is read back compares as text. */
const accept = ({ ip, port }: Published, source: string): string =>
  `${source}-d ${ip}/32 -p tcp -m tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`;

const sourceMatch = (cidr: string): string => {
  const network = canonicalNetwork(cidr);
  return network === '0.0.0.0/0' ? '' : `-s ${network} `;
};

/** An accept for each rule, or for each network that it admits; everybody else meets what follows in INPUT. */
export const acceptRules = (rules: readonly Published[]): string[] =>
  rules.flatMap((rule) =>
    rule.cidrs.length === 0 ? [accept(rule, '')] : rule.cidrs.map((cidr) => accept(rule, sourceMatch(cidr))),
  );
