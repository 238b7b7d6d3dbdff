import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseDatabag } from '../databag.ts';
import { type DatabagContents, readDatabag } from './reader.ts';

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../../testdata/${name}.json`, import.meta.url), 'utf8');
const read = async (name: string, change: (text: string) => string = (text) => text): Promise<DatabagContents> =>
  readDatabag(parseDatabag(change(await fixture(name))));

describe('databags from the field', () => {
  it('c01: HTTP by port and by cookie', async () => {
    const { rules, refused, notCarriedOut } = await read('c01-forwarded-for');
    expect(rules.map(({ port, protocol, keepAlive }) => [port, protocol, keepAlive])).toEqual([
      [80, 'http', false],
      [8080, 'http', false],
    ]);
    expect([refused, notCarriedOut]).toEqual([[], []]);
  });

  it('c02: TLS with its options', async () => {
    const { rules, refused, notCarriedOut } = await read('c02-ssl-offload');
    expect(rules).toMatchObject([
      {
        protocol: 'ssl',
        keepAlive: false,
        certificate: '/etc/ssl/private/site.pem',
        tls: {
          minVersion: 'TLSv1.2',
          tickets: false,
          http2: true,
          ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256',
          ciphersuites: 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256',
        },
      },
    ]);
    expect([refused, notCarriedOut]).toEqual([[], []]);
  });

  it('c03: everything that the global part says', async () => {
    const { settings, refused, notCarriedOut } = await read('c03-globals');
    expect(settings).toEqual({
      maxConnections: 6000,
      maxPipes: 1500,
      timeouts: { connectMs: 5000, clientMs: 1_800_000, serverMs: 1_800_000 },
      user: 'haproxy',
      group: 'haproxy',
      chroot: '/var/lib/haproxy',
      log: { ip: '127.0.0.1', port: 3914, facility: 'local0', level: 'warning' },
      statistics: [
        { ip: '203.0.113.10', port: 8081, cidrs: [], uri: '/admin?stats', user: 'admin1', password: 'secret1' },
      ],
      tls: {},
    });
    expect([refused, notCarriedOut]).toEqual([[], []]);
  });

  it('c14: a bind on the section’s own line is refused, with the line', async () => {
    const { rules, refused } = await read('c14-cosmic');
    expect(rules).toEqual([]);
    expect(refused).toMatchObject([
      { key: { ip: '203.0.113.10', port: 84 }, error: { place: 'rules[0].configuration[21]' } },
    ]);
  });

  it('c25: one rule that cannot be read is refused, and all others are read', async () => {
    const { rules, refused } = await read('c25-databag-one-bad-rule');
    expect(rules.map(({ ip, port }) => `${ip}:${port}`)).toEqual(['203.0.113.10:80', '203.0.113.10:8080']);
    expect(refused).toMatchObject([
      {
        key: { ip: '203.0.113.12', port: 80 },
        error: {
          place: 'rules[0].configuration[43]',
          message: expect.stringContaining('"appsession JSESSIONID len 52 timeout 3h prefix mode query-string"'),
        },
      },
    ]);
  });
});

describe('what is beside the rules', () => {
  it.each<[string, string, Partial<DatabagContents['settings']>]>([
    [
      'timeout client     1800000',
      'timeout client 30m',
      { timeouts: { connectMs: 5000, clientMs: 1_800_000, serverMs: 1_800_000 } },
    ],
    ['\\ttimeout client     1800000', '', { timeouts: { connectMs: 5000, clientMs: 0, serverMs: 1_800_000 } }],
    ['\\tlog     global', '\\t ', {}],
    ['local0 warning', 'local7', { log: { ip: '127.0.0.1', port: 3914, facility: 'local7', level: 'debug' } }],
    [
      '203.0.113.10:8081:0/0:,',
      '203.0.113.10:8081:10.0.0.0/8,192.0.2.7:,',
      { statistics: [expect.objectContaining({ cidrs: ['10.0.0.0/8', '192.0.2.7/32'] })] },
    ],
    [
      '\\tdaemon',
      '\\tssl-default-bind-options ssl-min-ver TLSv1.3 no-tls-tickets',
      { tls: { minVersion: 'TLSv1.3', tickets: false } },
    ],
    ['\\tdaemon', '\\tssl-default-bind-ciphers A:B', { tls: { ciphers: 'A:B' } }],
    ['secret1', 'a:b', { statistics: [expect.objectContaining({ user: 'admin1', password: 'a:b' })] }],
  ])('%j as %j says so', async (from, to, expected) => {
    const { settings, notCarriedOut } = await read('c03-globals', (text) => text.replace(from, to));
    expect(notCarriedOut).toEqual([]);
    expect(settings).toMatchObject(expected);
    if (from.includes('log ')) expect(settings).not.toHaveProperty('log');
  });

  it.each([
    ['maxconn 6000', 'maxconn many', /should have one number/],
    ['maxconn 6000', 'maxconn 0', /maxconn: expected at least 1, got 0/],
    ['maxconn 6000', 'maxconn 6000 x', /should have one number/],
    ['user haproxy', 'user a b', /user: expected a name of the operating system/],
    ['chroot /var/lib/haproxy', 'chroot x', /chroot: expected an absolute path/],
    ['log 127.0.0.1:3914', 'log /dev/log', /log\.ip: expected an IPv4 address/],
    ['local0 warning', 'local9 warning', /log\.facility: expected a facility of syslog/],
    ['retries 3', 'retries 5', /is not known in the section defaults/],
    ['timeout client     1800000', 'timeout tunnel 5', /should be "timeout connect\|client\|server TIME"/],
    ['bind 203.0.113.10:8081', 'bind *:8081', /ip: expected an IPv4 address/],
    ['bind 203.0.113.10:8081', 'bind x', /should be "bind IPV4:PORT"/],
    ['stats uri     /admin?stats', 'stats uri', /has no "stats uri" with a value/],
    ['stats enable', 'stats refresh 5s', /is not known in a statistics listener/],
    ['8081:0/0:,', '8081:x:,', /its networks "x\/32"|its networks "x"/],
    ['"global"', '"global x"', /should be "global" alone/],
    ['"global"', '"x", "global"', /stands before the first section/],
    ['listen 203_0_113_10-5432', 'listen web', /"web" is no rule's name/],
    ['listen 203_0_113_10-5432', 'peers lb', /Limpet has peers of its own/],
    ['203_0_113_10-5432"', '203_0_113_10-99999"', /is no rule's name/],
  ])('%j as %j is named, and all else is carried out', async (from, to, why) => {
    const { rules, refused, notCarriedOut, settings } = await read('c03-globals', (text) => text.replace(from, to));
    expect(refused).toEqual([]);
    expect(notCarriedOut.map((note) => note.why).join('\n')).toMatch(why);
    expect(notCarriedOut[0]!.place).toMatch(/^rules\[0\]\.configuration\[\d+\]/);
    expect(rules.length + notCarriedOut.length).toBeGreaterThan(0);
    expect(settings.timeouts.serverMs).toBe(1_800_000);
  });
});

it('refuses both sections of one rule, and one that can be read as well as one that cannot', async () => {
  const twice = (text: string) => text.replace('"listen 203_0_113_12-80"', '"listen 203_0_113_10-80"');
  const { rules, refused } = await read('c25-databag-one-bad-rule', twice);
  expect(rules.map(({ port }) => port)).toEqual([8080]);
  expect(refused.map(({ key, error }) => `${key.ip}:${key.port} ${error.message}`)).toEqual([
    expect.stringMatching(/^203\.0\.113\.10:80 rules\[0\]\.configuration\[39\]: a second section/),
  ]);
});
