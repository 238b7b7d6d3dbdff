import { describe, expect, it } from 'vitest';
import { PacketPath } from './obstacle.ts';

const ip = '203.0.113.10';
const open = { ip, port: 80, cidrs: [], interface: 'eth2' };
const table = (name: string, ...lines: string[]): string =>
  `*${name}\n${lines.map((line) => (line.startsWith(':') ? line : `-A ${line}`)).join('\n')}\nCOMMIT\n`;
const pathOf = (text: string, sets = ''): PacketPath => new PacketPath({ rulesets: [{ backend: 'nft', text }], sets });
const rulesOf = (text: string, listener: Partial<typeof open> & { cidrs?: string[] } = {}): readonly string[] =>
  pathOf(text).obstacles({ ...open, ...listener }).all?.rules ?? [];

const cloudStack = (...firewall: string[]): string =>
  table(
    'mangle',
    ':PREROUTING ACCEPT [0:0]',
    `:FIREWALL_${ip} - [0:0]`,
    `PREROUTING -d ${ip}/32 -j FIREWALL_${ip}`,
    'PREROUTING -m state --state RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
    ...[...firewall, '-m state --state RELATED,ESTABLISHED -j ACCEPT', '-j DROP'].map(
      (rule) => `FIREWALL_${ip} ${rule}`,
    ),
  );

describe('what keeps clients from a listener', () => {
  it('is the end of the chain that CloudStack has for an address, when no firewall rule lets the port in', () => {
    expect(rulesOf(cloudStack('-p tcp -m tcp --dport 22 -j RETURN'))).toEqual([
      `-A PREROUTING -d ${ip}/32 -j FIREWALL_${ip}`,
      `-A FIREWALL_${ip} -j DROP`,
    ]);
    expect(rulesOf(cloudStack('-p tcp -m tcp --dport 80:90 -j RETURN'))).toEqual([]);
  });

  it('is of some clients only, when a firewall rule lets a network in', () => {
    const path = pathOf(cloudStack('-s 192.168.0.0/16 -p tcp -m tcp --dport 80 -j RETURN'));
    expect(path.obstacles(open)).toMatchObject({ all: undefined, some: { client: '198.51.100.1', table: 'mangle' } });
    expect(path.obstacles({ ...open, cidrs: ['192.168.7.0/24'] })).toEqual({ all: undefined, some: undefined });
    expect(path.obstacles({ ...open, cidrs: ['10.0.0.0/8'] }).all).toMatchObject({ client: '10.0.0.1' });
  });

  it('is not what depends on more than a reader knows', () => {
    const drop = (match: string): readonly string[] =>
      rulesOf(table('raw', ':PREROUTING ACCEPT [0:0]', `PREROUTING ${match} -j DROP`));
    expect(drop('-p tcp')).toHaveLength(1);
    for (const match of [
      '-p tcp -m limit --limit 5/sec',
      '-p tcp -m recent --rcheck --seconds 60 --name DEFAULT --mask 255.255.255.255 --rsource',
      '-p tcp -m connlimit --connlimit-above 9 --connlimit-mask 32 --connlimit-saddr',
      '-m connmark --mark 0x1',
      '-m set --match-set unknown src',
    ]) {
      expect(drop(match), match).toEqual([]);
      const admitted = table('raw', ':PREROUTING DROP [0:0]', `PREROUTING ${match} -j ACCEPT`);
      expect(rulesOf(admitted), match).toEqual([]);
    }
  });

  it('is found behind a chain that may return early, and not in it', () => {
    const text = (...after: string[]): string =>
      table(
        'filter',
        ':INPUT ACCEPT [0:0]',
        ':LIMITS - [0:0]',
        'INPUT -j LIMITS',
        ...after,
        'LIMITS -p tcp -m limit --limit 5/sec -j RETURN',
        'LIMITS -j DROP',
      );
    expect(rulesOf(text())).toEqual([]);
    expect(rulesOf(text('INPUT -p tcp -m tcp --dport 80 -j DROP'))).toEqual([
      '-A INPUT -p tcp -m tcp --dport 80 -j DROP',
    ]);
  });

  it('is a comment’s words never', () => {
    const text = `INPUT -p tcp -m comment --comment "-j DROP ! -d 0.0.0.0/0" -m tcp --dport 80 -j DROP`;
    expect(rulesOf(table('filter', ':INPUT ACCEPT [0:0]', text))).toHaveLength(1);
    expect(rulesOf(table('filter', ':INPUT ACCEPT [0:0]', text), { port: 81 })).toEqual([]);
  });
});
