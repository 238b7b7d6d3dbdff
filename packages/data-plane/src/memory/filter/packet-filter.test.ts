import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryPacketFilter } from './packet-filter.ts';
import type { Packet } from './verdict.ts';

const packet: Packet = { source: '198.51.100.1', destination: '10.0.53.2', port: 8080, state: 'NEW' };
const accept = ['-d', '10.0.53.2', '-p', 'tcp', '--dport', '8080', '-m', 'state', '--state', 'NEW', '-j', 'ACCEPT'];

describe('the packet filter', () => {
  it('drops new connections and lets established ones through', () => {
    const filter = new MemoryPacketFilter();
    expect(filter.admits(packet)).toBe(false);
    expect(filter.admits({ ...packet, state: 'ESTABLISHED' })).toBe(true);
  });

  it('takes, checks and deletes single rules', async () => {
    const filter = new MemoryPacketFilter();
    expect(await filter.run(['-C', 'INPUT', ...accept])).toBe(1);
    expect(await filter.run(['-w', '5', '-t', 'filter', '-A', 'INPUT', ...accept])).toBe(0);
    expect(await filter.run(['-C', 'INPUT', ...accept])).toBe(0);
    expect(filter.admits(packet)).toBe(true);
    expect(filter.admits({ ...packet, port: 8081 })).toBe(false);
    expect(filter.admits({ ...packet, destination: '10.0.53.3' })).toBe(false);
    expect(await filter.run(['-D', 'INPUT', ...accept])).toBe(0);
    expect(await filter.run(['-D', 'INPUT', ...accept])).toBe(1);
    expect(filter.admits(packet)).toBe(false);
  });

  it('has duplicates, as iptables has', async () => {
    const filter = new MemoryPacketFilter();
    await filter.run(['-A', 'INPUT', ...accept]);
    await filter.run(['-A', 'INPUT', ...accept]);
    await filter.run(['-D', 'INPUT', ...accept]);
    expect(filter.admits(packet)).toBe(true);
  });

  it('follows jumps to own chains, and RETURN out of them', async () => {
    const filter = new MemoryPacketFilter();
    const text = (rule: string) => `*filter\n:OWN - [0:0]\n${rule}\n-A OWN -p tcp -j ACCEPT\nCOMMIT\n`;
    await filter.restore(text('-A INPUT -j OWN'));
    expect(filter.admits(packet)).toBe(true);
    await filter.restore(text('-A OWN ! -s 192.0.2.0/24 -p tcp -j RETURN'));
    expect(filter.admits(packet)).toBe(false);
    expect(filter.admits({ ...packet, source: '192.0.2.7' })).toBe(true);
  });

  it('restores all or nothing', async () => {
    const filter = new MemoryPacketFilter();
    const before = await filter.save();
    const bad = '*filter\n:OWN - [0:0]\n-A OWN -j ACCEPT\n-A INPUT -j NOBODY\nCOMMIT\n';
    await expect(filter.restore(bad)).rejects.toThrow("line 4 failed: Chain 'NOBODY' does not exist");
    expect(await filter.save()).toBe(before);
  });

  it('reads back what it saves', async () => {
    const address = fc.ipV4();
    const rule = fc.record({
      source: fc.option(fc.tuple(address, fc.integer({ min: 1, max: 32 }))),
      destination: fc.option(address),
      port: fc.option(fc.integer({ min: 1, max: 65535 })),
      states: fc.uniqueArray(fc.constantFrom('NEW', 'RELATED', 'ESTABLISHED', 'INVALID'), { maxLength: 3 }),
      comment: fc.option(fc.stringMatching(/^[a-z "\\]{1,12}$/)),
      target: fc.constantFrom('ACCEPT', 'DROP', 'RETURN', 'REJECT'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { maxLength: 6 }), async (rules) => {
        const filter = new MemoryPacketFilter();
        for (const { source, destination, port, states, comment, target } of rules) {
          const args = [
            ...(source ? ['-s', `${source[0]}/${source[1]}`] : []),
            ...(destination === null ? [] : ['-d', destination]),
            '-p',
            'tcp',
            ...(states.length > 0 ? ['-m', 'conntrack', '--ctstate', states.join(',')] : []),
            ...(comment === null ? [] : ['-m', 'comment', '--comment', comment]),
            ...(port === null ? [] : ['--dport', `${port}`]),
            '-j',
            target,
          ];
          expect(await filter.run(['-A', 'INPUT', ...args])).toBe(0);
          expect(await filter.run(['-C', 'INPUT', ...args])).toBe(0);
        }
        const saved = await filter.save();
        await filter.run(['-F']);
        await filter.restore(saved);
        expect(await filter.save()).toBe(saved);
      }),
    );
  });
});
