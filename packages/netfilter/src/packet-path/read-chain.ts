import type { Chain } from '../ruleset.ts';
import type { IpSets } from './ip-sets.ts';
import type { Packet } from './packet.ts';
import { type ListenerKey, listenerOf, type ReadRule, readRule } from './rule-match.ts';

/** A chain, read once for many packets. */
export interface ReadChain {
  policy: string;
  rules: readonly ReadRule[];
  /** Positions of the rules that can match packets for several listeners. */
  general: readonly number[];
  /** Positions of the others: a chain with two rules for each of 2,000 listeners is not walked rule by rule. */
  byListener: ReadonlyMap<ListenerKey, readonly number[]>;
}

/** Reads the rules of a chain. */
export function readChain({ policy, rules: texts }: Pick<Chain, 'policy' | 'rules'>, sets: IpSets): ReadChain {
  const rules = texts.map((text) => readRule(text, sets));
  const general: number[] = [];
  const byListener = new Map<ListenerKey, number[]>();
  rules.forEach(({ listener }, at) => {
    const own = listener === undefined ? general : (byListener.get(listener) ?? []);
    if (listener !== undefined) byListener.set(listener, own);
    own.push(at);
  });
  return { policy, rules, general, byListener };
}

/** The rules that can match the packet, in the order of the chain. */
export function rulesFor(chain: ReadChain | undefined, packet: Packet): readonly ReadRule[] {
  if (!chain) return [];
  const own = chain.byListener.get(listenerOf(packet)) ?? [];
  const positions = own.length === 0 ? chain.general : [...chain.general, ...own].sort((a, b) => a - b);
  return positions.map((at) => chain.rules[at]!);
}
