import { contains, type Network, numberOf, parseNetwork } from './network.ts';
import { type Match, matchOf, type Packet } from './packet.ts';

interface Entry {
  /** The parts of `10.0.0.0/8,tcp:80`. */
  parts: readonly string[];
  nomatch: boolean;
}

/** One set of the kernel (`ipset`). */
export interface IpSet {
  /** `hash:ip`, `hash:net,port`, `list:set` ... */
  type: string;
  entries: Entry[];
}

/** The sets by name. */
export type IpSets = ReadonlyMap<string, IpSet>;

/** Reads the output of `ipset save`. Lines of other kinds say nothing of who is in a set. */
export function parseIpSets(text: string): IpSets {
  const sets = new Map<string, IpSet>();
  for (const line of text.split('\n')) {
    const [command, name = '', what = '', ...options] = line.trim().split(/\s+/);
    if (command === 'create') sets.set(name, { type: what, entries: [] });
    if (command === 'add') {
      sets.get(name)?.entries.push({ parts: what.split(','), nomatch: options.includes('nomatch') });
    }
  }
  return sets;
}

/** Networks that the sets name: clients of them may be treated in a way of their own. */
export const networksOfSets = (sets: IpSets): Network[] =>
  [...sets.values()].flatMap(({ type, entries }) =>
    /^(hash|bitmap):(ip|net)/.test(type)
      ? entries.flatMap(({ parts }) => (/^[\d.]+(\/\d+)?$/.test(parts[0]!) ? [parseNetwork(parts[0]!)] : []))
      : [],
  );

/**
 * Whether a packet is in a set.
 *
 * @param directions `src` or `dst` for each part of the set's entries, as `--match-set` has them.
 */
export function inIpSet(sets: IpSets, name: string, directions: readonly string[], packet: Packet): Match {
  const set = sets.get(name);
  if (!set) return 'maybe';
  const [, kind = ''] = set.type.split(':');
  if (kind === 'set') {
    const inner = set.entries.map(({ parts }) => inIpSet(sets, parts[0]!, directions, packet));
    return inner.includes('yes') ? 'yes' : inner.includes('maybe') ? 'maybe' : 'no';
  }
  const dimensions = kind.split(',');
  if (!dimensions.every((each) => each === 'ip' || each === 'net' || each === 'port')) return 'maybe';
  const hits = set.entries.filter(({ parts }) =>
    dimensions.every((each, at) => holds(each, parts[at] ?? '', directions[at] ?? directions[0]!, packet)),
  );
  // The narrowest network decides, as in the kernel (ipset(8), `nomatch`).
  const width = ({ parts }: Entry): number => Number(parts[0]?.split('/')[1] ?? 32);
  const [narrowest] = hits.sort((a, b) => width(b) - width(a));
  return matchOf(narrowest !== undefined && !narrowest.nomatch);
}

function holds(dimension: string, value: string, direction: string, packet: Packet): boolean {
  const isSource = direction === 'src';
  if (dimension === 'port') {
    const [protocol, ports] = value.includes(':') ? value.split(':') : ['tcp', value];
    const [low = '', high = low] = ports!.split('-');
    const port = isSource ? packet.sourcePort : packet.port;
    return protocol === 'tcp' && port >= Number(low) && port <= Number(high);
  }
  const address = numberOf(isSource ? packet.source : packet.destination);
  const [low = '', high] = value.split('-');
  if (high === undefined) return contains(parseNetwork(low), address);
  return address >>> 0 >= numberOf(low) >>> 0 && address >>> 0 <= numberOf(high) >>> 0;
}
