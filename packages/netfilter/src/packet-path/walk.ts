import type { Table } from '../ruleset.ts';
import type { IpSets } from './ip-sets.ts';
import type { Match, Packet } from './packet.ts';
import { type ReadChain, readChain, rulesFor } from './read-chain.ts';
import type { ReadRule } from './rule-match.ts';

/** What ends a packet's way to its listener. */
export interface Stop {
  /** `dropped`, also where the sender is told; `diverted`: to another listener or program. */
  kind: 'dropped' | 'diverted';
  /** The jumps, and the rule at last, as `-A CHAIN RULE`; or the policy, as `-P CHAIN DROP`. */
  rules: readonly string[];
}

/**
 * The end of a chain. `accepted`: it ends the way through the table, for certain or perhaps. `left`: the caller goes on;
 * `perhapsAccepted` when an acceptance before depends on what is not known. A stop is one for certain.
 */
type Result = { end: 'accepted' } | { end: 'left'; perhapsAccepted: boolean } | { end: 'stopped'; stop: Stop };

const accepted: Result = { end: 'accepted' };

/** A table, read once for many packets. */
export interface ReadTable {
  name: string;
  chains: ReadonlyMap<string, ReadChain>;
}

/** Reads the rules of a table. */
export const readTable = ({ name, chains }: Table, sets: IpSets): ReadTable => ({
  name,
  chains: new Map(chains.map((chain) => [chain.name, readChain(chain, sets)])),
});

/**
 * Walks a packet through a built-in chain as the kernel does. Returns what stops it for certain; undefined: it goes on, or
 * may go on. Changes `packet` as rules on its way do.
 */
export function walkTable(table: ReadTable, chain: string, packet: Packet): Stop | undefined {
  const builtIn = table.chains.get(chain);
  if (!builtIn) return undefined;
  const result = walk(table, chain, packet, []);
  if (result.end === 'stopped') return result.stop;
  const isDropped = result.end === 'left' && !result.perhapsAccepted && builtIn.policy === 'DROP';
  return isDropped ? { kind: 'dropped', rules: [`-P ${chain} DROP`] } : undefined;
}

function walk(table: ReadTable, chain: string, packet: Packet, path: readonly string[]): Result {
  let perhapsAccepted = false;
  let perhapsLeft = false;
  for (const rule of rulesFor(table.chains.get(chain), packet)) {
    const match = rule.match(packet);
    if (match === 'no') continue;
    const here = [...path, `-A ${chain} ${rule.text}`];
    const result = table.chains.has(rule.target ?? '')
      ? walk(table, rule.target!, packet, here)
      : resultOf(table.name, rule, match, packet, here);
    if (result === undefined) continue;
    if (match === 'maybe') {
      if (result.end === 'accepted') perhapsAccepted = true;
      if (result.end === 'left') {
        perhapsAccepted ||= result.perhapsAccepted;
        perhapsLeft ||= leavesToo(table, rule);
      }
      continue;
    }
    if (result.end === 'left') {
      perhapsAccepted ||= result.perhapsAccepted;
      if (leavesToo(table, rule)) return { end: 'left', perhapsAccepted };
      continue;
    }
    if (result.end === 'accepted') return perhapsLeft ? { end: 'left', perhapsAccepted: true } : accepted;
    if (perhapsAccepted) return accepted;
    return perhapsLeft ? { end: 'left', perhapsAccepted } : result;
  }
  return { end: 'left', perhapsAccepted };
}

/** Whether the rule's own chain is left when its target has been: a RETURN, or a chain that was gone to. */
const leavesToo = (table: ReadTable, { target, isGoto }: ReadRule): boolean =>
  isGoto || !table.chains.has(target ?? '');

/** What a target that is no chain does; undefined: the packet goes on to the next rule. */
function resultOf(
  table: string,
  rule: ReadRule,
  match: Match,
  packet: Packet,
  here: readonly string[],
): Result | undefined {
  const stopped = (kind: Stop['kind']): Result => ({ end: 'stopped', stop: { kind, rules: here } });
  switch (rule.target) {
    case 'ACCEPT':
      return accepted;
    case 'DROP':
    case 'REJECT':
    case 'TARPIT':
      return stopped('dropped');
    case 'RETURN':
      return { end: 'left', perhapsAccepted: false };
    case 'DNAT':
    case 'REDIRECT':
    case 'NETMAP':
      return table === 'nat' && leadsElsewhere(rule, packet) ? stopped('diverted') : accepted;
    case 'TPROXY':
      return stopped('diverted');
    case 'CT':
    case 'NOTRACK':
      if (rule.target === 'NOTRACK' || rule.targetOptions.includes('--notrack')) {
        packet.state = match === 'yes' ? 'UNTRACKED' : undefined;
        packet.untrackedBy = here;
      }
      return undefined;
    case 'MARK':
    case 'CONNMARK':
      packet.mark = undefined;
      return undefined;
    default:
      return undefined;
  }
}

/** Whether the new destination is another than the packet's own. */
function leadsElsewhere({ target, targetOptions }: ReadRule, packet: Packet): boolean {
  const optionOf = (option: string): string | undefined => {
    const at = targetOptions.indexOf(option);
    return at < 0 ? undefined : targetOptions[at + 1];
  };
  const [address, port] =
    target === 'DNAT' ? (optionOf('--to-destination') ?? '').split(':') : ['', optionOf('--to-ports')];
  // REDIRECT gives the first address of the interface: with the same port it is taken for the packet's own.
  if (target === 'NETMAP') return true;
  return (address !== '' && address !== packet.destination) || (port !== undefined && port !== `${packet.port}`);
}
