import type { PacketFilter } from '@limpet/data-plane';
import {
  mayMatch,
  parseSave,
  renderChain,
  type TerminatingRule,
  targetOf,
  terminatingRulesBefore,
} from '@limpet/netfilter';
import { RouterError } from '../../errors.ts';
import { type ChainListener, chainJump, chainName, chainRules, isOpen } from './chain-rules.ts';

/** The router's chain as it was read. */
export interface ChainState {
  /** Its lines without `-A CHAIN`. */
  rules: string[];
  /** Whether INPUT jumps to it. */
  linked: boolean;
  /** Rules of other programs that INPUT evaluates before the jump. */
  precedingRules: readonly TerminatingRule[];
}

const [input = '', ...jumpWords] = chainJump;
const jump = jumpWords.join(' ');

/** Where there is no chain. */
export const noChain: ChainState = { rules: [], linked: false, precedingRules: [] };

/** Reads the router's chain; undefined when there is none. */
export const readChain = async (packetFilter: PacketFilter): Promise<ChainState | undefined> => {
  const filter = parseSave(await packetFilter.save()).tables.find(({ name }) => name === 'filter');
  const chain = filter?.chains.find(({ name }) => name === chainName);
  if (!filter || !chain) return undefined;
  const linked = filter.chains.find(({ name }) => name === input)?.rules.includes(jump) ?? false;
  return {
    rules: chain.rules,
    linked,
    precedingRules: linked ? terminatingRulesBefore(filter.chains, input, jump) : [],
  };
};

/**
 * Finds the shadowing rules of a listener: preceding rules that decide about its clients in place of the chain. A
 * preceding rule that cannot match them is none, since CloudStack's routers rewrite INPUT and put their own rules
 * first; nor is an accept of clients that the listener admits anyway.
 */
export const shadowingRulesOf = ({ precedingRules }: ChainState): ((rule: ChainListener) => TerminatingRule[]) => {
  const candidates = precedingRules.map((rule) => ({
    rule,
    accepts: targetOf(rule.at(-1)!) === 'ACCEPT',
    mayMatch: mayMatch(rule),
  }));
  return (rule) =>
    candidates
      .filter((each) => !(each.accepts && isOpen(rule)) && each.mayMatch({ destination: rule.ip, port: rule.port }))
      .map(({ rule }) => rule);
};

/**
 * Makes the chain admit clients of exactly these listeners, in one atomic replacement, with the jump to it first in
 * INPUT: the chain decides only about packets for a listener, and later rules may drop the others. When a shadowing
 * rule precedes the jump, the jump becomes the first rule again. Does nothing when nothing differs.
 *
 * @param known the chain's state where it is known: reading it takes a program, and as long as the change itself.
 * @returns the chain's state afterwards.
 * @throws RouterError `ROUTER_NOT_IN_FORCE` when the kernel has another chain afterwards.
 */
export async function syncChain(
  packetFilter: PacketFilter,
  rules: readonly ChainListener[],
  known?: ChainState,
): Promise<ChainState> {
  const wanted = chainRules(rules);
  const before = known ?? (await readChain(packetFilter));
  const hasWantedRules = (chain: ChainState): boolean => chain.rules.join('\n') === wanted.join('\n');
  const decidesFirst = (chain: ChainState): boolean => {
    const shadowingRules = shadowingRulesOf(chain);
    return chain.linked && rules.every((rule) => shadowingRules(rule).length === 0);
  };
  if (!before && rules.length === 0) return noChain; // it admits nobody
  if (before && hasWantedRules(before) && decidesFirst(before)) return before;
  const link =
    before && decidesFirst(before) ? [] : [...(before?.linked ? [`-D ${input} ${jump}`] : []), `-I ${input} 1 ${jump}`];
  const text = renderChain({ table: 'filter', chain: chainName, rules: wanted });
  await packetFilter.restore(text.replace(/COMMIT\n$/, [...link, 'COMMIT\n'].join('\n')));
  const after = await readChain(packetFilter);
  if (!after || !hasWantedRules(after) || !decidesFirst(after)) {
    throw new RouterError(
      'ROUTER_NOT_IN_FORCE',
      `iptables took chain ${chainName}, but shows another; is another program changing it?`,
    );
  }
  return after;
}
