import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Packet } from './packet.ts';
import { readChain, rulesFor } from './read-chain.ts';

const sets = new Map();
const packet = (destination: string, port: number): Packet => ({
  source: '198.51.100.1',
  sourcePort: 50_000,
  destination,
  port,
  mark: 0,
  incoming: true,
  state: 'NEW',
  flags: ['SYN'],
  input: 'eth2',
  output: undefined,
});

const oneOf = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const destinations = oneOf('', '-d 10.0.0.1/32', '-d 10.0.0.2', '! -d 10.0.0.1/32', '-d 10.0.0.0/24');
const ports = oneOf(
  '',
  '-p tcp -m tcp --dport 80',
  '-p tcp -m tcp --dport 81',
  '-p tcp -m tcp ! --dport 80',
  '-p tcp -m tcp --dport 80:90',
  '-p tcp -m multiport --dports 80,443',
  '-p tcp -m strange --dport 81',
);
const rule = fc
  .tuple(destinations, ports, oneOf('ACCEPT', 'DROP', 'RETURN'))
  .map(([destination, port, target]) => `${destination} ${port} -j ${target}`.trim().replace(/ +/g, ' '));

describe('the rules for a packet', () => {
  it('are all that can match it, in the order of the chain', () => {
    fc.assert(
      fc.property(
        fc.array(rule),
        oneOf('10.0.0.1', '10.0.0.2', '10.0.1.1'),
        oneOf('80', '81', '443'),
        (rules, ip, port) => {
          const chain = readChain({ policy: 'ACCEPT', rules }, sets);
          const sent = packet(ip, Number(port));
          const matching = (all: readonly { text: string; match: (packet: Packet) => string }[]): string[] =>
            all.filter(({ match }) => match(sent) !== 'no').map(({ text }) => text);
          expect(matching(rulesFor(chain, sent))).toEqual(matching(chain.rules));
        },
      ),
    );
  });

  it('do not grow with the number of other listeners', () => {
    const rules = Array.from({ length: 2000 }, (_, at) => `-d 10.0.0.1/32 -p tcp -m tcp --dport ${at + 1} -j ACCEPT`);
    const chain = readChain({ policy: 'DROP', rules: ['-m conntrack --ctstate INVALID -j DROP', ...rules] }, sets);
    expect(rulesFor(chain, packet('10.0.0.1', 80))).toHaveLength(2);
  });
});
