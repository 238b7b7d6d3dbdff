import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PacketPath } from './packet-path/obstacle.ts';
import { parseSave } from './parse-save.ts';
import { renderSave } from './render-save.ts';
import { ruleWords } from './rule-words.ts';

const read = (name: string): Promise<string> => readFile(new URL(`../testdata/${name}`, import.meta.url), 'utf8');
const saved = await read('c09-router-iptables-save.txt');
const restore = await read('c09-vpc-router-restore.txt');

/** Without comments, and with the counters of all chains. */
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it.each([
  ['what a router saves', saved],
  ["a template's file for a VPC router", restore],
])('c09: %s loses nothing but comments when it is read and written', (_, text) => {
  expect(linesOf(renderSave(parseSave(text)))).toEqual(linesOf(text));
});

it('c09: counters, negations and a quoted comment are read as iptables means them', () => {
  const chainOf = (table: string, chain: string) =>
    parseSave(saved)
      .tables.find(({ name }) => name === table)!
      .chains.find(({ name }) => name === chain)!;
  expect(chainOf('filter', 'INPUT')).toMatchObject({
    ...{ policy: 'DROP', counters: { packets: 36, bytes: 2164 } },
    ruleCounters: [
      { packets: 10, bytes: 840 },
      { packets: 0, bytes: 0 },
    ],
  });
  expect(ruleWords(chainOf('mangle', 'PREROUTING').rules.at(-1)!).slice(0, 5)).toEqual([
    ...['-s', '10.1.1.0/24', '!', '-d', '10.1.1.1/32'],
  ]);
  expect(ruleWords(chainOf('filter', 'i-10-5294-def').rules.at(-1)!)).toContain(`a "quoted" one: it's -A INPUT`);
  expect(chainOf('filter', 'FORWARD').rules.at(-1)).toBe('-p esp');
});

describe('c09: on a router with these rules', () => {
  const path = new PacketPath({ rulesets: [{ backend: 'nft', text: saved }], sets: '' });
  const obstacle = (ip: string, port: number, name = 'eth1') =>
    path.obstacles({ ip, port, cidrs: [], interface: name }).all;

  it("the address's chain stops clients whom filter/INPUT lets in: no firewall rule is for their port", () => {
    expect(obstacle('203.0.113.10', 443)).toMatchObject({
      table: 'mangle',
      rules: ['-A PREROUTING -d 203.0.113.10/32 -j FIREWALL_203.0.113.10', '-A FIREWALL_203.0.113.10 -j DROP'],
    });
  });

  it('the policy of filter/INPUT stops clients of a port that a firewall rule lets in', () => {
    expect(obstacle('203.0.113.10', 22)).toMatchObject({ table: 'filter', rules: ['-P INPUT DROP'] });
  });

  it('a forwarded port takes its clients elsewhere', () => {
    expect(obstacle('203.0.113.11', 22)).toMatchObject({
      table: 'nat',
      rules: [
        '-A PREROUTING -d 203.0.113.11/32 -i eth1 -p tcp -m tcp --dport 22 -j DNAT --to-destination 10.1.1.21:22',
      ],
    });
  });

  it('a listener of the guest network is reached from there alone, and only if more than the first packet comes in', () => {
    const established = '-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT';
    const text = saved.replace('-A FORWARD -p esp', `${established}\n$&`);
    const whole = new PacketPath({ rulesets: [{ backend: 'nft', text }], sets: '' });
    const [guests, others] = ['10.1.1.0/24', '192.168.0.0/16'].map((network) => ({
      ...{ ip: '10.1.1.1', port: 8080, interface: 'eth2' },
      cidrs: [network],
    }));
    expect(whole.obstacles(guests!)).toEqual({ all: undefined, some: undefined });
    for (const stopped of [whole.obstacles(others!), path.obstacles(guests!)]) {
      expect(stopped.all).toMatchObject({ table: 'filter', rules: ['-P INPUT DROP'] });
    }
  });
});
