import { canonicalNetworks, type RuleRecord } from '@limpet/contract';
import { ruleId } from '../../names.ts';

/** An address and port that clients may connect to; `cidrs` empty: from everywhere. */
export type ChainListener = Readonly<Pick<RuleRecord, 'ip' | 'port'>> & { readonly cidrs: readonly string[] };

/** The chain that Limpet manages: replaced atomically, with one jump from INPUT. Limpet changes no other rule. */
export const chainName = 'LIMPET-LB';

/** The `-A` arguments of the jump to it. */
export const chainJump: readonly string[] = ['INPUT', '-j', chainName];

/** In the format of `iptables-save`, so that the chain compares as text when it is read back. */
const match = ({ ip, port }: ChainListener, source: string): string =>
  `${source}-d ${ip}/32 -p tcp -m tcp --dport ${port} -m conntrack --ctstate`;

/** Whether clients of all networks may connect. */
export const isOpen = ({ cidrs }: ChainListener): boolean => canonicalNetworks(cidrs).length === 0;

/**
 * The lines of the chain: an accept for each rule, or for each network that it admits, and then a drop for all others,
 * since later rules of INPUT may accept them. (CloudStack rejects them in HAProxy.) Later rules may also drop by port
 * alone, so that the accept covers all packets of a connection, not only the first; HAProxy ends held connections of
 * clients that are no longer admitted.
 */
export const chainRules = (rules: readonly ChainListener[]): string[] =>
  rules.flatMap((rule) => {
    const sources = isOpen(rule) ? [''] : canonicalNetworks(rule.cidrs).map((network) => `-s ${network} `);
    const accepts = sources.map((source) => `${match(rule, source)} NEW,ESTABLISHED -j ACCEPT`);
    return isOpen(rule) ? accepts : [...accepts, `${match(rule, '')} NEW -j DROP`];
  });

/** All listeners of a router, in the order of the chain: its own first, then its rules by id. */
export const listenersOf = <T extends ChainListener>(
  rules: readonly T[],
  own: readonly ChainListener[] = [],
): (T | ChainListener)[] => [...own, ...[...rules].sort((a, b) => (ruleId(a) < ruleId(b) ? -1 : 1))];
