import { parseSave, renderOwnChain } from '@limpet/netfilter';
import type { PacketFilter } from '../dataplane.ts';
import { RouterError } from '../errors.ts';
import { acceptChain, acceptJump, acceptRules, type Published } from './accept-chain.ts';

/** Our chain as it is. */
export interface AcceptChain {
  /** Its lines, without `-A CHAIN`. */
  rules: string[];
  /** Whether INPUT jumps to it. */
  linked: boolean;
}

/** Our chain as it is; undefined when there is none. */
export const readChain = async (packetFilter: PacketFilter): Promise<AcceptChain | undefined> => {
  const filter = parseSave(await packetFilter.save()).tables.find(({ name }) => name === 'filter');
  const chain = filter?.chains.find(({ name }) => name === acceptChain);
  if (!chain) return undefined;
  const input = filter?.chains.find(({ name }) => name === 'INPUT');
  return { rules: chain.rules, linked: input?.rules.includes(acceptJump.slice(1).join(' ')) ?? false };
};

/**
 * Makes our chain admit exactly these rules, in one atomic replacement, and links it from INPUT once. Does nothing when
 * it is so already. In the first place of INPUT: it accepts only what is for a rule, and others may drop further down.
 *
 * @param known what is there, where it is known: to look takes a program, and as long as the change itself.
 * @throws RouterError `ROUTER_NOT_IN_FORCE` when the kernel does not have it afterwards.
 */
export async function admitRules(
  packetFilter: PacketFilter,
  rules: readonly Published[],
  known?: AcceptChain,
): Promise<void> {
  const wanted = acceptRules(rules);
  const before = known ?? (await readChain(packetFilter));
  const same = (chain: { rules: string[] } | undefined): boolean => chain?.rules.join('\n') === wanted.join('\n');
  if (!same(before)) await packetFilter.restore(renderOwnChain({ table: 'filter', chain: acceptChain, rules: wanted }));
  if (!before?.linked) await packetFilter.run(['-I', ...acceptJump.slice(0, 1), '1', ...acceptJump.slice(1)]);
  if (same(before) && before?.linked) return;
  const after = await readChain(packetFilter);
  if (!same(after) || !after?.linked) {
    throw new RouterError(
      'ROUTER_NOT_IN_FORCE',
      `iptables took chain ${acceptChain}, but shows another; is another program changing it?`,
    );
  }
}
