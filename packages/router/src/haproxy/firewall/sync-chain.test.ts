import { MemoryPacketFilter } from '@limpet/data-plane/memory';
import { describe, expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { chainDrift } from './chain-drift.ts';
import { chainJump } from './chain-rules.ts';
import { readChain, shadowingRulesOf, syncChain } from './sync-chain.ts';

const open = rule();
const narrow = rule({ port: 81, cidrs: ['198.18.0.0/24'] });
const rules = [open, narrow];
const left = {
  rules: rules.map((each) => ({ id: `${each.port}`, rule: each })),
  own: [],
};

const router = async () => {
  const filter = new MemoryPacketFilter();
  await syncChain(filter, rules);
  return filter;
};
const iptables = async (filter: MemoryPacketFilter, line: string): Promise<void> => {
  expect(await filter.run(line.split(' '))).toBe(0);
};
const drift = async (filter: MemoryPacketFilter) => chainDrift(await readChain(filter), left);
const none = { rules: [], all: [] };
const packet = (port: number, source = '198.18.0.1') => ({
  source,
  destination: open.ip,
  port,
  state: 'NEW' as const,
});

describe('a rule that somebody puts before our chain', () => {
  it.each<[string, string[]]>([
    ['-p tcp --dport 8080 -j DROP', ['8080']],
    ['-p tcp --dport 81 -j REJECT', ['81']],
    ['-p tcp -j RETURN', ['8080', '81']],
    ['-p tcp -m multiport --dports 80:90 -j ACCEPT', ['81']],
    ['-j ACCEPT', ['81']],
  ])('%s: decides about clients of %j', async (line, ids) => {
    const filter = await router();
    await iptables(filter, `-I INPUT 1 ${line}`);
    const found = await drift(filter);
    expect(found.all).toEqual([]);
    expect(found.rules.map(([id]) => id)).toEqual(ids);
    expect(found.rules[0]![1]).toMatch(/^INPUT has a rule before LIMPET-LB that decides about its clients: -/);
    await syncChain(filter, rules);
    expect(await drift(filter)).toEqual(none);
    expect((await filter.save()).match(/-A INPUT .*/)?.[0]).toBe('-A INPUT -j LIMPET-LB');
    expect((await filter.save()).match(/-j LIMPET-LB$/gm)).toHaveLength(1);
    expect([8080, 81].map((port) => filter.admits(packet(port)))).toEqual([true, true]);
  });

  it.each([
    '-i lo -j ACCEPT',
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-d 10.0.53.2/32 -p tcp --dport 8080 -m state --state NEW -j ACCEPT',
    '-d 10.0.53.3/32 -p tcp --dport 81 -j DROP',
    '-p tcp --dport 3922 -j ACCEPT',
    '-p udp -j DROP',
  ])('%s: stays there, as on a router of CloudStack', async (line) => {
    const filter = await router();
    await iptables(filter, `-I INPUT 1 ${line}`);
    const before = await filter.save();
    expect(await drift(filter)).toEqual(none);
    await syncChain(filter, rules);
    expect(await filter.save()).toBe(before);
  });

  it('matters when a rule comes that it decides about', async () => {
    const filter = await router();
    await iptables(filter, '-I INPUT 1 -p tcp --dport 82 -j DROP');
    const known = await readChain(filter);
    await syncChain(filter, [...rules, rule({ port: 82 })], known);
    expect(filter.admits(packet(82))).toBe(true);
  });
});

it('a chain that is jumped to from further down is not ours to judge', async () => {
  const filter = await router();
  await iptables(filter, '-A INPUT -p tcp -j DROP');
  expect(shadowingRulesOf((await readChain(filter))!)(open)).toEqual([]);
});

describe('a rule with networks', () => {
  it('restricts them where everybody else is let in', async () => {
    const filter = await router();
    await iptables(filter, '-P INPUT ACCEPT');
    expect(filter.admits(packet(81))).toBe(true);
    expect(filter.admits(packet(81, '198.19.0.1'))).toBe(false);
    expect(filter.admits(packet(8080, '198.19.0.1'))).toBe(true);
    expect(filter.admits({ ...packet(81, '198.19.0.1'), state: 'ESTABLISHED' })).toBe(true);
  });

  it('has lost its end when somebody deletes or moves it', async () => {
    const filter = await router();
    await iptables(filter, '-D LIMPET-LB 3');
    expect(await drift(filter)).toEqual({
      rules: [['81', 'its drop of other networks is not in LIMPET-LB any more']],
      all: [],
    });
    await iptables(
      filter,
      '-I LIMPET-LB 1 -d 10.0.53.2/32 -p tcp -m tcp --dport 81 -m conntrack --ctstate NEW -j DROP',
    );
    expect(await drift(filter)).toEqual({
      rules: [],
      all: ['the rules of LIMPET-LB stand in another order, or twice'],
    });
    await syncChain(filter, rules);
    expect(await drift(filter)).toEqual(none);
  });
});

it('is linked again when it is not, once', async () => {
  const filter = await router();
  await iptables(filter, `-D ${chainJump.join(' ')}`);
  expect((await drift(filter)).all).toEqual(['INPUT does not jump to LIMPET-LB any more']);
  await syncChain(filter, rules);
  expect(await drift(filter)).toEqual(none);
});

it('accepts all packets of a client: others, further down, may drop by port alone', async () => {
  const filter = await router();
  await iptables(filter, '-I INPUT 2 -p tcp --dport 8080 -j DROP');
  expect(filter.admits({ ...packet(8080), state: 'ESTABLISHED' })).toBe(true);
});
