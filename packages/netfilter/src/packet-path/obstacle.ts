import type { Backend } from '../iptables.ts';
import { parseSave } from '../parse-save.ts';
import { type IpSets, networksOfSets, parseIpSets } from './ip-sets.ts';
import { contains, isWithin, type Network, numberOf, parseNetwork, quadOf } from './network.ts';
import type { Packet } from './packet.ts';
import { type ReadTable, readTable, type Stop, walkTable } from './walk.ts';

/** All that iptables has on a host, as its programs print it. */
export interface FilterTexts {
  /** `iptables-save` of all tables, by back end. A packet passes the rules of both. */
  rulesets: readonly { backend: Backend; text: string }[];
  /** `ipset save`. */
  sets: string;
}

/** A listener of this host. */
export interface PathListener {
  ip: string;
  port: number;
  /** Client networks that are to get in, as `a.b.c.d/n`; empty: everybody. */
  cidrs: readonly string[];
  /** The interface that has the address, over which its clients come; undefined: not known. */
  interface: string | undefined;
}

/** A rule that keeps a client from a listener, or the listener's answer from the client. */
export interface Obstacle extends Stop {
  backend: Backend;
  table: string;
  /** A client that it stops. */
  client: string;
  /** Whether it stops what the listener answers, and not what the client sends. */
  answer: boolean;
}

/** What stops clients of a listener. */
export interface Obstacles {
  /** Stops everybody who is to get in; undefined: some get in. */
  all: Obstacle | undefined;
  /** Stops clients that no rule of iptables names, or of one of the listener's networks; undefined: nothing does. */
  some: Obstacle | undefined;
}

interface ReadRuleset {
  backend: Backend;
  tables: ReadonlyMap<string, ReadTable>;
}

/** Built-in chains in the order in which a packet meets them (`enum nf_ip_hook_priorities`). */
const wayIn = [
  ['raw', 'PREROUTING'],
  ['mangle', 'PREROUTING'],
  ['nat', 'PREROUTING'],
  ['mangle', 'INPUT'],
  ['filter', 'INPUT'],
  ['security', 'INPUT'],
] as const;
const wayOut = [
  ['raw', 'OUTPUT'],
  ['mangle', 'OUTPUT'],
  ['filter', 'OUTPUT'],
  ['security', 'OUTPUT'],
  ['mangle', 'POSTROUTING'],
] as const;

/** Strangers that are tried first: of no network that hosts have (RFC 5737), then of one that they have. */
const strangers = ['198.51.100.1', '203.0.113.1', '192.0.2.1', '9.9.9.9'];

/** Networks of clients that are tried beside the strangers, at most: rules may name thousands. */
const mostNetworks = 64;

/** Finds out what keeps clients from listeners, by walking packets through the rules. */
export class PacketPath {
  readonly #rulesets: readonly ReadRuleset[];
  /** Networks that rules and sets name. */
  readonly #named: readonly Network[];

  /** @throws IptablesError `IPTABLES_SYNTAX`. */
  constructor({ rulesets, sets: setsText }: FilterTexts) {
    const sets = parseIpSets(setsText);
    this.#rulesets = rulesets.map(({ backend, text }) => ({ backend, tables: readAll(text, sets) }));
    this.#named = uniqueNetworks([
      ...networksOfSets(sets),
      ...this.#rulesets.flatMap(({ tables }) =>
        [...tables.values()].flatMap(({ chains }) =>
          [...chains.values()].flatMap(({ rules }) => rules.flatMap(({ sources }) => sources)),
        ),
      ),
    ]);
  }

  /** What keeps clients from this listener. Only what is certain counts: a limit of a rate, say, does not. */
  obstacles(listener: PathListener): Obstacles {
    if (listener.cidrs.length > 0 && !listener.cidrs.some((cidr) => cidr.endsWith('/0'))) {
      const found = listener.cidrs.map((cidr) => this.#obstacle(listener, this.#clientIn(parseNetwork(cidr))));
      return { all: found.every(Boolean) ? found[0] : undefined, some: found.find(Boolean) };
    }
    const some = this.#obstacle(listener, this.#clientIn({ bits: 0, mask: 0 }));
    const getsIn = (network: Network): boolean => this.#obstacle(listener, this.#clientIn(network)) === undefined;
    return { all: some && !this.#named.slice(0, mostNetworks).some(getsIn) ? some : undefined, some };
  }

  /** A client of the network, and, where there is one, of no smaller network that rules name. */
  #clientIn(network: Network): string {
    const smaller = this.#named.filter((each) => isWithin(each, network));
    const first = network.mask === -1 ? network.bits : network.bits + 1;
    const candidates = [
      ...(network.mask === 0 ? strangers.map(numberOf) : [first]),
      ...smaller.map(({ bits, mask }) => (bits | ~mask) + 1),
    ];
    const client = candidates.find(
      (each) => contains(network, each) && !smaller.some((other) => contains(other, each)),
    );
    return quadOf(client ?? candidates[0]!);
  }

  #obstacle({ ip, port, interface: name }: PathListener, client: string): Obstacle | undefined {
    const inward = { source: client, sourcePort: 50_000, destination: ip, port, mark: 0, incoming: true } as const;
    const outward = {
      source: ip,
      sourcePort: port,
      destination: client,
      port: 50_000,
      mark: 0,
      incoming: false,
    } as const;
    const open: Packet = { ...inward, state: 'NEW', flags: ['SYN'], input: name, output: undefined };
    const answer: Packet = { ...outward, state: 'ESTABLISHED', flags: ['SYN', 'ACK'], input: undefined, output: name };
    const more: Packet = { ...open, state: 'ESTABLISHED', flags: ['ACK'] };
    return (
      this.#walk(wayIn, open, { client, answer: false }) ??
      this.#walk(wayOut, answer, { client, answer: true }) ??
      this.#walk(wayIn, more, { client, answer: false })
    );
  }

  #walk(
    way: typeof wayIn | typeof wayOut,
    packet: Packet,
    of: Pick<Obstacle, 'client' | 'answer'>,
  ): Obstacle | undefined {
    let untracked: Untracked | undefined;
    for (const [table, chain] of way) {
      // The nat table has the first packet of a tracked connection only.
      if (table === 'nat' && packet.state !== 'NEW') continue;
      for (const { backend, tables } of this.#rulesets) {
        const read = tables.get(table);
        const stop = read && walkTable(read, chain, packet);
        if (!stop) {
          if (packet.untrackedBy) untracked ??= { backend, table, rules: packet.untrackedBy };
          continue;
        }
        // Whoever takes a connection from tracking is to blame for what rules about its state do then.
        return { ...stop, ...of, backend, table, ...(untracked && blame(untracked, stop)) };
      }
    }
    return undefined;
  }
}

type Untracked = Pick<Obstacle, 'backend' | 'table' | 'rules'>;

const blame = (untracked: Untracked, { rules }: Stop): Untracked => ({
  ...untracked,
  rules: [...untracked.rules, ...rules],
});

const readAll = (text: string, sets: IpSets): ReadonlyMap<string, ReadTable> =>
  new Map(parseSave(text).tables.map((table) => [table.name, readTable(table, sets)]));

const uniqueNetworks = (networks: readonly Network[]): Network[] => [
  ...new Map(networks.map((network) => [`${network.bits}/${network.mask}`, network])).values(),
];
