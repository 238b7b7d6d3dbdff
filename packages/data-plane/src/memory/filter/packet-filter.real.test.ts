import { borrowLab, type Lab } from '@limpet/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryPacketFilter } from './packet-filter.ts';

const PUBLIC = '203.0.113.1';

describe('the packet filter in memory', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await borrowLab({ publicIps: [PUBLIC] });
  });
  afterAll(() => lab.close());

  it('saves and restores packet filter rules in the words of iptables', async () => {
    const text = [
      '*filter',
      ':OWN - [0:0]',
      '-A OWN -p tcp -d 10.0.53.2 --dport 8080 -m conntrack --ctstate ESTABLISHED,NEW -j ACCEPT',
      '-A OWN ! -s 10.1.2.3/8 -p tcp -m multiport --dports 80,443 -j REJECT',
      '-A OWN -m state --state NEW -p tcp -m tcp --dport 80:90 -s 0.0.0.0/0 -m comment --comment "a b" -j RETURN',
      '-I INPUT 1 -j OWN',
      'COMMIT',
      '',
    ].join('\n');
    const memory = new MemoryPacketFilter();
    // Both from nothing: the lab has rules of its own.
    await lab.exec('iptables', ['-F', 'INPUT']);
    await memory.run(['-F', 'INPUT']);
    const saved = async () => ({
      real: own((await lab.exec('iptables-save', ['-t', 'filter'])).stdout),
      memory: own(await memory.save()),
    });
    for (let times = 0; times < 2; times += 1) {
      expect((await lab.exec('iptables-restore', ['--noflush'], { input: text })).code).toBe(0);
      await memory.restore(text);
      const now = await saved();
      expect(now.memory).toEqual(now.real);
    }
    for (const args of [
      [
        '-A',
        'INPUT',
        '-p',
        'tcp',
        '-d',
        '10.0.53.2/32',
        '--dport',
        '9',
        '-m',
        'state',
        '--state',
        'NEW',
        '-j',
        'ACCEPT',
      ],
      [
        '-C',
        'INPUT',
        '-p',
        'tcp',
        '-d',
        '10.0.53.2',
        '-m',
        'tcp',
        '--dport',
        '9',
        '-m',
        'state',
        '--state',
        'NEW',
        '-j',
        'ACCEPT',
      ],
      ...['a.b', 'plain', "it's", 'a "b"', 'a\\b'].map((text) => [
        '-A',
        'OWN',
        '-m',
        'comment',
        '--comment',
        text,
        '-j',
        'DROP',
      ]),
      ['-C', 'INPUT', '-p', 'tcp', '-d', '10.0.53.3', '-j', 'ACCEPT'],
      ['-D', 'INPUT', '-p', 'udp', '-j', 'ACCEPT'],
      ['-A', 'NOBODY', '-j', 'ACCEPT'],
      ['-A', 'INPUT', '-j', 'NOBODY'],
      ['-N', 'OWN'],
      ['-X', 'OWN'],
    ]) {
      const { code } = await lab.exec('iptables', args);
      expect([args, await memory.run(args)]).toEqual([args, code]);
    }
    const now = await saved();
    expect(now.memory).toEqual(now.real);
    for (const args of [
      ['-D', 'INPUT', '-j', 'OWN'],
      ['-F', 'OWN'],
      ['-X', 'OWN'],
      ['-X', 'OWN'],
    ]) {
      const { code } = await lab.exec('iptables', args);
      expect([args, await memory.run(args)]).toEqual([args, code]);
    }
    const before = await memory.save();
    for (const bad of [
      '*filter\n-A NOBODY -j ACCEPT\nCOMMIT\n',
      '*filter\n-D INPUT -j DROP\nCOMMIT\n',
      '*filter\n:OWN - [0:0]\n',
    ]) {
      expect((await lab.exec('iptables-restore', ['--noflush'], { input: bad })).code).not.toBe(0);
      await expect(memory.restore(bad)).rejects.toMatchObject({ code: 'IPTABLES_FAILED' });
    }
    expect(await memory.save()).toEqual(before);
  });
});

/** Chains and rules, without counters and comments. */
function own(saved: string): string[] {
  return saved
    .split('\n')
    .filter((line) => /^[:-]/.test(line))
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
}
