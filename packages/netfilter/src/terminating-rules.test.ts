import { describe, expect, it } from 'vitest';
import { parseSave } from './parse-save.ts';
import { mayMatch, type TerminatingRule, targetOf, terminatingRulesBefore } from './terminating-rules.ts';

const terminatingRules = (text: string, rule = '-j OWN'): TerminatingRule[] =>
  terminatingRulesBefore(parseSave(text).tables[0]!.chains, 'INPUT', rule);

describe('terminatingRulesBefore', () => {
  it('names what stands before a rule and decides, in chains that are jumped to as well', () => {
    const text = `*filter
:INPUT DROP [0:0]
:OWN - [0:0]
:BANS - [0:0]
:STATS - [0:0]
-A INPUT -j STATS
-A INPUT -p tcp -j LOG --log-prefix "new "
-A INPUT -p tcp -m multiport --dports 80,443 -j BANS
-A INPUT -i eth0 -j RETURN
-A INPUT -j OWN
-A INPUT -p tcp -j DROP
-A STATS -i eth0
-A BANS -s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable
-A BANS -j RETURN
COMMIT
`;
    const ban = [
      '-p tcp -m multiport --dports 80,443 -j BANS',
      '-s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable',
    ];
    expect(terminatingRules(text)).toEqual([ban, ['-i eth0 -j RETURN']]);
    expect(terminatingRules(text, '-j NOBODY')).toEqual([ban, ['-i eth0 -j RETURN'], ['-p tcp -j DROP']]);
  });

  it('has nothing of a chain that is not there', () => {
    expect(terminatingRules('*filter\n:OWN - [0:0]\nCOMMIT\n')).toEqual([]);
  });
});

describe('mayMatch', () => {
  it.each<[string, boolean]>([
    ['-j DROP', true],
    ['-p tcp -m tcp --dport 81 -j DROP', true],
    ['-p tcp -m tcp --dport 82 -j DROP', false],
    ['-p tcp -m tcp ! --dport 82 -j DROP', true],
    ['-p tcp -m tcp --dport 1:81 -j DROP', true],
    ['-p tcp -m multiport --dports 80,90:99 -j DROP', false],
    ['-p udp -m udp --dport 81 -j DROP', false],
    ['! -p tcp -j DROP', false],
    ['-d 203.0.113.0/24 -j DROP', true],
    ['-d 203.0.113.11/32 -j DROP', false],
    ['! -d 203.0.113.10/32 -j DROP', false],
    ['-d 203.0.0.10/255.255.0.255 -j DROP', true],
    ['-s 192.0.2.7/32 -j DROP', true],
    ['-i lo -j ACCEPT', false],
    ['-i eth0 -j ACCEPT', true],
    ['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', false],
    ['-m conntrack ! --ctstate RELATED,ESTABLISHED -j ACCEPT', true],
    ['-m state --state NEW -j ACCEPT', true],
    ['-m comment --comment "-p" -j DROP', true],
    ['-p tcp -m limit --limit 5/sec -j DROP', true],
  ])('of a connection to 203.0.113.10:81, "%s": %s', (rule, expected) => {
    expect(mayMatch([rule])({ destination: '203.0.113.10', port: 81 })).toBe(expected);
  });

  it('wants each rule that leads to the terminating rule to match', () => {
    const connection = { destination: '203.0.113.10', port: 81 };
    expect(mayMatch(['-p tcp -m tcp --dport 80 -j BANS', '-j DROP'])(connection)).toBe(false);
    expect(mayMatch(['-p tcp -j BANS', '-s 192.0.2.0/24 -j DROP'])(connection)).toBe(true);
  });
});

it('targetOf reads the words, not the text', () => {
  expect(targetOf('-m comment --comment "the -j of it" -g OWN')).toBe('OWN');
  expect(targetOf('-p tcp')).toBeUndefined();
});
