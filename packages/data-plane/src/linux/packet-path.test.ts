import { expect, it } from 'vitest';
import { readPacketPath } from './packet-path.ts';

/** A host whose programs print these texts; others are not there. */
const on = (texts: Readonly<Record<string, string>>) =>
  readPacketPath(async (file, args = []) => {
    const stdout = { 'ip -json -4 address': '[]', ...texts }[[file, ...args].join(' ')];
    if (stdout === undefined) throw new Error(`${file} ENOENT`);
    return { code: 0, stdout, stderr: '' };
  });

it("names the tables of nftables that are not iptables' and stop packets of IPv4", async () => {
  const host = {
    'iptables-nft-save': '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n',
    'nft list tables': [
      'table ip filter',
      'table ip mangle',
      'table inet firewalld',
      'table inet counted',
      'table netdev early',
      'table ip6 ip6_firewall',
      'table bridge between',
      'table inet filter',
      '',
    ].join('\n'),
    'nft list table ip mangle': 'table ip mangle {\n\tchain a {\n\t\ttcp dport 80 redirect to :9\n\t}\n}\n',
    'nft list table inet firewalld':
      'table inet firewalld {\n\tchain a {\n\t\treject with icmpx admin-prohibited\n\t}\n}\n',
    'nft list table inet counted': 'table inet counted {\n\tchain a {\n\t\tcounter\n\t}\n}\n',
    'nft list table netdev early': 'table netdev early {\n\tchain a {\n\t\ttcp dport 80 drop\n\t}\n}\n',
    'nft list table inet filter':
      'table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n}\n',
  };
  // A table "ip mangle" that iptables does not have is not its own.
  expect((await on(host)).nativeTables).toEqual(['ip mangle', 'inet firewalld', 'netdev early', 'inet filter']);
  expect((await on({})).nativeTables).toEqual([]);
});

it.each(['iptables-nft-save', 'iptables-legacy-save'])('has the sets when a rule of %s names one', async (save) => {
  const sets = 'create friends hash:ip\n';
  const without = '*filter\n-A INPUT -s 198.18.0.1/32 -j DROP\nCOMMIT\n';
  const rule = '-A INPUT -m set ! --match-set friends src -j DROP';
  expect((await on({ [save]: `*filter\n${rule}\nCOMMIT\n`, 'ipset save': sets })).sets).toBe(sets);
  expect((await on({ [save]: without, 'ipset save': sets })).sets).toBe('');
});

it('names what may not be read, and nothing that is not there', async () => {
  const said = 'Failed to list table names in /proc/net/ip_tables_names: Permission denied';
  const refusing: Readonly<Record<string, string>> = {
    'iptables-legacy-save': `${said}\n`,
    'iptables-nft-save': 'iptables-save/1.8.9 (nf_tables) Failed to initialize nft: Protocol not supported\n',
  };
  const { rulesets, unreadable } = await readPacketPath(async (file) => {
    if (file === 'ip') return { code: 0, stdout: '[]', stderr: '' };
    const stderr = refusing[file];
    if (stderr === undefined) throw new Error(`${file} ENOENT`);
    return { code: 1, stdout: '', stderr };
  });
  expect(rulesets).toEqual([]);
  expect(unreadable).toEqual([`iptables-legacy-save: ${said}`]);
});
