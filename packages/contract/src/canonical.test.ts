import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRule } from './canonical.ts';
import { admits, canonicalNetworks } from './networks.ts';
import { parseCommand } from './parse.ts';
import type { RuleRecord } from './records.generated.ts';

const member = (vm: string) => ({ vm, ip: '10.1.1.11', port: 80, state: 'serving' as const });
const rule = (change: Partial<RuleRecord> = {}): RuleRecord => ({
  ip: '203.0.113.10',
  port: 80,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'none' },
  members: [],
  ...change,
});

const address = fc
  .nat({ max: 2 ** 32 - 1 })
  .map((n) => [24, 16, 8, 0].map((s) => Math.floor(n / 2 ** s) % 256).join('.'));
/** Few bits vary, so that networks meet. */
const near = fc.nat({ max: 15 }).map((n) => `10.0.0.${n}`);
const network = fc
  .tuple(fc.oneof(address, near), fc.oneof(fc.nat({ max: 32 }), fc.integer({ min: 28, max: 32 })))
  .map(([ip, length]) => `${ip}/${length}`);

describe('canonicalNetworks', () => {
  it.each<[string[], string[]]>([
    [['10.1.2.3/8'], ['10.0.0.0/8']],
    [
      ['192.0.2.0/24', '10.0.0.0/8'],
      ['10.0.0.0/8', '192.0.2.0/24'],
    ],
    [['10.0.0.0/8', '10.1.0.0/16', '10.0.0.0/8'], ['10.0.0.0/8']],
    [['10.128.0.0/9', '10.0.0.0/9'], ['10.0.0.0/8']],
    [
      ['10.0.1.0/24', '10.0.2.0/24'],
      ['10.0.1.0/24', '10.0.2.0/24'],
    ],
    [['128.0.0.0/1', '0.0.0.0/1'], []],
    [['192.0.2.1/32', '0.0.0.0/0'], []],
    [['255.255.255.255/32'], ['255.255.255.255/32']],
    [[], []],
  ])('%j is %j', (cidrs, canonical) => {
    expect(canonicalNetworks(cidrs)).toEqual(canonical);
  });

  it('admits the same addresses, in any order, and is its own canonical form', () => {
    fc.assert(
      fc.property(
        fc.array(network, { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(near, address)),
        (cidrs, ips) => {
          const canonical = canonicalNetworks(cidrs);
          for (const ip of [...ips, ...cidrs.map((cidr) => cidr.split('/')[0]!)]) {
            expect(canonical.length === 0 || admits(canonical, ip)).toBe(admits(cidrs, ip));
          }
          expect(canonicalNetworks(cidrs.toReversed())).toEqual(canonical);
          expect(canonicalNetworks(canonical)).toEqual(canonical);
          expect(canonical.length).toBeLessThanOrEqual(cidrs.length);
        },
      ),
    );
  });
});

describe('canonicalRule', () => {
  it('is the same for every order of members and networks', () => {
    const vms = ['vm-1', 'vm-10', 'vm-2', 'a'];
    const cidrs = ['10.0.0.1/8', '192.0.2.0/24', '198.51.100.7/32'];
    fc.assert(
      fc.property(fc.shuffledSubarray(vms, { minLength: 4 }), fc.shuffledSubarray(cidrs, { minLength: 3 }), (m, c) => {
        expect(canonicalRule(rule({ members: m.map(member), cidrs: c }))).toEqual(
          canonicalRule(rule({ members: vms.map(member), cidrs })),
        );
      }),
    );
  });

  it('has one path for a file', () => {
    const { certificate } = canonicalRule(rule({ certificate: '/etc//ssl/././private/site.pem' }));
    expect(certificate).toBe('/etc/ssl/private/site.pem');
    expect(canonicalRule(rule({ certificate: '/etc/ssl/../a..pem' })).certificate).toBe('/etc/ssl/../a..pem');
  });
});

it.each([
  { type: 'putRule', generation: 1, rule: rule({ members: ['b', 'a'].map(member), cidrs: ['10.1.1.1/8'] }) },
  {
    type: 'syncRules',
    snapshot: {
      revision: 1,
      rules: [{ generation: 1, rule: rule({ members: ['b', 'a'].map(member), cidrs: ['10.1.1.1/8'] }) }],
    },
  },
])('a command $type from outside has canonical rules', (command) => {
  expect(JSON.stringify(parseCommand(command))).toContain('"cidrs":["10.0.0.0/8"]');
  expect(JSON.stringify(parseCommand(command))).toMatch(/"vm":"a".*"vm":"b"/);
});
