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

/** Our chain as it is. */
export interface ChainState {
  /** Its lines, without `-A CHAIN`. */
  rules: string[];
  /** Whether INPUT jumps to it. */
  linked: boolean;
  /** Rules of others that decide before it is asked. */
  precedingRules: readonly TerminatingRule[];
}

const [input = '', ...jumpWords] = chainJump;
const jump = jumpWords.join(' ');

/** Our chain as it is; undefined when there is none. */
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
 * Tells which of the rules that stand before our chain decide about a rule's clients in its place. What cannot meet them
 * may stand there: the routers of CloudStack write INPUT anew, and put what they need before it. Nor does it matter who
 * else lets clients in whom the rule admits anyway.
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
 * Makes our chain admit exactly these rules, in one atomic replacement, and links it from INPUT once, in the first place:
 * it decides only about what is for a rule, and others may drop further down. Where others decide before it, it is put
 * there again. Does nothing when it is so already.
 *
 * @param known what is there, where it is known: to look takes a program, and as long as the change itself.
 * @returns what is there now.
 * @throws RouterError `ROUTER_NOT_IN_FORCE` when the kernel does not have it afterwards.
 */
export async function syncChain(
  packetFilter: PacketFilter,
  rules: readonly ChainListener[],
  known?: ChainState,
): Promise<ChainState> {
  const wanted = chainRules(rules);
  const before = known ?? (await readChain(packetFilter));
  const filled = (chain: ChainState): boolean => chain.rules.join('\n') === wanted.join('\n');
  const first = (chain: ChainState): boolean => {
    const shadowingRules = shadowingRulesOf(chain);
    return chain.linked && rules.every((rule) => shadowingRules(rule).length === 0);
  };
  if (before && filled(before) && first(before)) return before;
  const link =
    before && first(before) ? [] : [...(before?.linked ? [`-D ${input} ${jump}`] : []), `-I ${input} 1 ${jump}`];
  const text = renderChain({ table: 'filter', chain: chainName, rules: wanted });
  await packetFilter.restore(text.replace(/COMMIT\n$/, [...link, 'COMMIT\n'].join('\n')));
  const after = await readChain(packetFilter);
  if (!after || !filled(after) || !first(after)) {
    throw new RouterError(
      'ROUTER_NOT_IN_FORCE',
      `iptables took chain ${chainName}, but shows another; is another program changing it?`,
    );
  }
  return after;
}
