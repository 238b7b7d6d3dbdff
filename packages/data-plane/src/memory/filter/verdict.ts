import { inNetwork, parseNetwork } from '../ip.ts';
import type { FilterRule, Match } from './rule.ts';
import type { Ruleset } from './ruleset.ts';

/** A TCP packet of a client to the router, over the public interface. */
export interface Packet {
  source: string;
  destination: string;
  port: number;
  state: 'NEW' | 'ESTABLISHED';
}

/** Evaluates INPUT, and the user-defined chains that it jumps to. */
export function verdict(ruleset: Ruleset, packet: Packet): 'ACCEPT' | 'DROP' {
  return walk(ruleset, 'INPUT', packet) ?? ruleset.chains.get('INPUT')?.policy ?? 'ACCEPT';
}

/** Undefined: the chain returned. */
function walk(ruleset: Ruleset, name: string, packet: Packet): 'ACCEPT' | 'DROP' | undefined {
  for (const rule of ruleset.chains.get(name)?.rules ?? []) {
    if (rule.target === undefined || !matches(rule, packet)) continue;
    if (rule.target === 'ACCEPT') return 'ACCEPT';
    if (rule.target === 'DROP' || rule.target === 'REJECT') return 'DROP';
    if (rule.target === 'RETURN') return undefined;
    const inner = walk(ruleset, rule.target, packet);
    if (inner) return inner;
  }
  return undefined;
}

function matches(rule: FilterRule, packet: Packet): boolean {
  const tests: [field: string, given: string | undefined, holds: (value: string) => boolean][] = [
    ['source', rule.source, (value) => within(packet.source, value)],
    ['destination', rule.destination, (value) => within(packet.destination, value)],
    // Clients come over the public interface, whatever its name.
    ['input', rule.input, (value) => value !== 'lo'],
    ['output', rule.output, () => false],
    ['protocol', rule.protocol, (value) => value === 'tcp' || value === 'all'],
  ];
  return (
    tests.every(([field, given, holds]) => given === undefined || holds(given) !== rule.negated.includes(field)) &&
    rule.matches.every((match) => matchHolds(match, packet))
  );
}

function within(address: string, network: string): boolean {
  const parsed = parseNetwork(network);
  return parsed !== undefined && inNetwork(address, parsed);
}

function matchHolds({ options }: Match, packet: Packet): boolean {
  return options.every(([name, value]) => {
    switch (name) {
      case '--dport':
      case '--dports':
        return value.split(',').some((range) => inRange(packet.port, range));
      case '--ctstate':
      case '--state':
        return value.split(',').includes(packet.state);
      case '--comment':
        return true;
      default:
        // Packets here have no source port, and no rule of our routers matches one.
        return false;
    }
  });
}

function inRange(port: number, range: string): boolean {
  const [low = '', high = low] = range.split(':');
  return port >= Number(low) && port <= Number(high);
}
