import { ruleWords } from '../rule-words.ts';
import { type IpSets, inIpSet } from './ip-sets.ts';
import { contains, type Network, numberOf, parseNetwork } from './network.ts';
import { type Match, matchOf, negated, type Packet } from './packet.ts';

type Test = (packet: Packet) => Match;

/** A rule, read once for many packets. */
export interface ReadRule {
  text: string;
  match: Test;
  target: string | undefined;
  /** Whether the target is gone to (`-g`): a return then leads past the rule's own chain. */
  isGoto: boolean;
  /** Words of the target's options. */
  targetOptions: readonly string[];
  /** Networks of sources that the rule names. */
  sources: readonly Network[];
  /** The one listener whose packets the rule can match; undefined: those of several. */
  listener: ListenerKey | undefined;
}

/** An address and a port, to look rules up by. */
export type ListenerKey = string;

/** That of the packet's destination. */
export const listenerOf = ({ destination, port }: Pick<Packet, 'destination' | 'port'>): ListenerKey =>
  `${destination}:${port}`;

const anywhere: Test = () => 'yes';
const unknown: Test = () => 'maybe';

/** Modules that match nothing by themselves. */
const plainModules = new Set([
  'tcp',
  'udp',
  'icmp',
  'comment',
  'multiport',
  'conntrack',
  'state',
  'set',
  'mark',
  'addrtype',
  'iprange',
  'pkttype',
]);

/** The number of an option's values; of any other option: one, unless another option follows. */
const arity: Readonly<Record<string, number>> = { '--tcp-flags': 2, '--match-set': 2, '--comment': 1, '-f': 0 };

const among = (ranges: string, port: number): Match =>
  matchOf(
    ranges.split(',').some((range) => {
      const [low = '', high = low] = range.split(':');
      return port >= Number(low) && port <= Number(high);
    }),
  );

const stateTest =
  (states: string): Test =>
  ({ state }) =>
    state === undefined ? 'maybe' : matchOf(states.split(',').includes(state));

const interfaceTest =
  (name: string, of: 'input' | 'output'): Test =>
  (packet) => {
    // An interface of the other direction is "" to the kernel, which only a negated match meets.
    if (packet.incoming !== (of === 'input')) return 'no';
    if (name === 'lo') return matchOf(packet[of] === 'lo');
    const own = packet[of];
    if (own === undefined) return 'maybe';
    return matchOf(name.endsWith('+') ? own.startsWith(name.slice(0, -1)) : own === name);
  };

const rangeTest =
  (range: string, of: 'source' | 'destination'): Test =>
  (packet) => {
    const [low = '', high = low] = range.split('-').map((quad) => numberOf(quad) >>> 0);
    const address = numberOf(packet[of]) >>> 0;
    return matchOf(address >= Number(low) && address <= Number(high));
  };

const networkTest = (text: string, of: 'source' | 'destination'): Test => {
  const network = parseNetwork(text);
  return (packet) => matchOf(contains(network, numberOf(packet[of])));
};

const markTest =
  (text: string): Test =>
  ({ mark }) => {
    const [value = '', mask = '0xffffffff'] = text.split('/');
    return mark === undefined ? 'maybe' : matchOf((mark & Number(mask)) === (Number(value) | 0));
  };

const flagTest =
  (mask: string, set: string): Test =>
  ({ flags }) => {
    const all = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
    const names = (list: string): string[] => (list === 'ALL' ? all : list.split(','));
    return matchOf(names(mask).every((flag) => flags.includes(flag) === names(set).includes(flag)));
  };

/** Of an address of this host. */
const addressTypeTest =
  (types: string, isLocal: (packet: Packet) => boolean): Test =>
  (packet) =>
    types.split(',').includes('LOCAL') ? matchOf(isLocal(packet)) : isLocal(packet) ? 'no' : 'maybe';

function testOf(option: string, values: readonly string[], sets: IpSets): Test {
  const [value = '', second = ''] = values;
  switch (option) {
    case '-s':
      return networkTest(value, 'source');
    case '-d':
      return networkTest(value, 'destination');
    case '-i':
      return interfaceTest(value, 'input');
    case '-o':
      return interfaceTest(value, 'output');
    case '-p':
      return () => matchOf(value === 'tcp' || value === '6' || value === 'all');
    case '-f':
      return () => 'no';
    case '--dport':
    case '--dports':
      return ({ port }) => among(value, port);
    case '--sport':
    case '--sports':
      return ({ sourcePort }) => among(value, sourcePort);
    case '--ports':
      return ({ port, sourcePort }) => matchOf([port, sourcePort].some((each) => among(value, each) === 'yes'));
    case '--ctstate':
    case '--state':
      return stateTest(value);
    case '--tcp-flags':
      return flagTest(value, second);
    case '--mark':
      return markTest(value);
    case '--src-range':
      return rangeTest(value, 'source');
    case '--dst-range':
      return rangeTest(value, 'destination');
    case '--dst-type':
      return addressTypeTest(value, ({ incoming }) => incoming);
    case '--src-type':
      return addressTypeTest(value, ({ incoming }) => !incoming);
    case '--pkt-type':
      return () => matchOf(value === 'unicast');
    case '--match-set':
      return (packet) => inIpSet(sets, value, second.split(','), packet);
    case '--comment':
      return anywhere;
    default:
      return unknown;
  }
}

/** Reads a rule in the words of `iptables-save`. A match that this function does not know may match. */
export function readRule(text: string, sets: IpSets): ReadRule {
  const words = ruleWords(text);
  const tests: Test[] = [];
  const sources: Network[] = [];
  let destination: string | undefined;
  let port: string | undefined;
  let negate = false;
  let module = '';
  const read = (): Pick<ReadRule, 'text' | 'match' | 'sources' | 'listener'> => ({
    text,
    match: all(tests),
    sources,
    listener: destination && port && listenerOf({ destination, port: Number(port) }),
  });
  for (let at = 0; at < words.length; ) {
    const word = words[at++]!;
    if (word === '!') {
      negate = true;
    } else if (word === '-j' || word === '-g') {
      const [target, ...targetOptions] = words.slice(at);
      return { ...read(), target, isGoto: word === '-g', targetOptions };
    } else if (word === '-m') {
      module = words[at++]!;
      if (!plainModules.has(module)) tests.push(unknown);
    } else {
      const count = arity[word] ?? (/^(-|!$)/.test(words[at] ?? '-') ? 0 : 1);
      const values = words.slice(at, at + count);
      at += count;
      // What other modules mean by an option of the same name is not known: `-m connmark --mark`.
      const test = module !== '' && !plainModules.has(module) ? unknown : testOf(word, values, sets);
      tests.push(negate ? (packet) => negated(test(packet)) : test);
      if (word === '-s') sources.push(parseNetwork(values[0]!));
      if (word === '-d' && !negate) destination = /^([\d.]+)(\/32)?$/.exec(values[0]!)?.[1];
      if (word === '--dport' && !negate && test !== unknown) port = /^\d+$/.exec(values[0]!)?.[0];
      negate = false;
    }
  }
  return { ...read(), target: undefined, isGoto: false, targetOptions: [] };
}

const all =
  (tests: readonly Test[]): Test =>
  (packet) => {
    let result: Match = 'yes';
    for (const test of tests) {
      const match = test(packet);
      if (match === 'no') return 'no';
      if (match === 'maybe') result = 'maybe';
    }
    return result;
  };
