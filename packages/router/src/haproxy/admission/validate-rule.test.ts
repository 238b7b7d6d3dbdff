import type { LbCookie, RuleRecord } from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { usableCertificate } from '../../../testing/certificates.ts';
import { rule, sourceBased } from '../../../testing/rules.ts';
import { defaultSettings, type RouterSettings } from '../config/settings.ts';
import { Capacity } from './capacity.ts';
import { validateRule } from './validate-rule.ts';

const local = new Set(['10.0.53.2']);
const lbCookie: LbCookie = {
  method: 'LbCookie',
  cookieName: 'LB',
  mode: 'rewrite',
  nocache: true,
  indirect: false,
  postonly: false,
  domains: [],
};
const healthCheck = { intervalMs: 1000, timeoutMs: 1000, healthyThreshold: 1, unhealthyThreshold: 1 };
const statistics = [{ ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/', user: 'a', password: 'b' }];
const lint = (
  change: Partial<RuleRecord>,
  more: Parameters<typeof validateRule>[3] = {},
  settings: Partial<RouterSettings> = {},
): string => {
  const refusal = validateRule(rule(change), { ...defaultSettings, statistics, ...settings }, local, more);
  return refusal ? `${refusal.reason} ${refusal.message}` : 'served';
};

const pair = {
  self: 'r-5-VM',
  peers: [
    { name: 'r-5-VM', ip: '10.0.53.2' },
    { name: 'r-6-VM', ip: '10.0.53.3' },
  ],
};

describe('validateRule', () => {
  it('keeps the peers of a pair their port, on the router’s own address only', () => {
    const { peersPort: port } = defaultSettings;
    expect(lint({ port })).toBe('served');
    expect(lint({ port }, {}, { pair })).toMatch(/^PortReserved port: 10000 /);
    expect(lint({ port: 10_001 }, {}, { pair })).toBe('served');
  });

  it('keeps the workers of a router alone the port over which they hand their tables on', () => {
    const at = (change: Partial<RuleRecord>, settings: Partial<RouterSettings> = {}) => {
      const context = { ...defaultSettings, ...settings };
      return validateRule(rule({ ip: '127.0.0.1', port: 10_000, ...change }), context, new Set(['127.0.0.1']))?.reason;
    };
    expect(at({})).toBe('PortReserved');
    expect(at({ port: 10_001 })).toBeUndefined();
    expect(at({ port: 10_001 }, { peersPort: 10_001 })).toBe('PortReserved');
    expect(at({}, { pair })).toBeUndefined();
  });

  it.each<[string, Partial<RuleRecord>, RegExp]>([
    ['an address that is not local', { ip: '10.0.53.9' }, /^AddressNotLocal ip: 10\.0\.53\.9 /],
    ['a port of the router', { port: 3922 }, /^PortReserved port: 3922 /],
    ['the port of the statistics page', { port: 8404 }, /^PortReserved port: 8404 /],
    ['a member twice', { members: [...rule().members, rule().members[0]!] }, /^DuplicateMember members: vm1 /],
    ['ssl without a certificate', { protocol: 'ssl' }, /^CertificateMissing certificate: /],
    ['a certificate without ssl', { certificate: '/a.pem' }, /^CertificateUnused certificate: only with protocol ssl/],
    ['keepAlive without requests', { keepAlive: true }, /^HttpOptionUnused keepAlive: only where the payload is HTTP/],
    [
      'forwarded without headers',
      { protocol: 'tcp-proxy', forwarded: true },
      /^HttpOptionUnused forwarded: .*tcp-proxy/,
    ],
    ['tls without ssl', { protocol: 'http', tls: {} }, /^TlsUnused tls: only with protocol ssl, not with http/],
    ['more connections than the router has', { maxConnections: 4097 }, /^TooManyConnections maxConnections: 4097 /],
    [
      'a Host header for a check that does not ask by HTTP',
      { healthCheck: { ...healthCheck, host: 'www.example.org' } },
      /^HealthCheckUnused healthCheck\.host: /,
    ],
    [
      'a check that is slower than its interval',
      { healthCheck: { ...healthCheck, timeoutMs: 1001 } },
      /^HealthCheckTooSlow healthCheck\.timeoutMs: 1001 /,
    ],
    [
      'indirect without insert',
      { stickiness: { ...lbCookie, indirect: true } },
      /stickiness\.indirect: only with mode/,
    ],
    [
      'postonly without insert',
      { stickiness: { ...lbCookie, mode: 'prefix', postonly: true } },
      /stickiness\.postonly: only with mode insert; with prefix/,
    ],
    ['domains without insert', { stickiness: { ...lbCookie, domains: ['a.test'] } }, /stickiness\.domains: only with/],
    [
      'a cookie for a whole top-level domain',
      { stickiness: { ...lbCookie, mode: 'insert', domains: ['test'] } },
      /^CookieDomainUnusable stickiness\.domains: .*"test"/,
    ],
  ])('refuses %s', (_, change, said) => {
    expect(lint(change)).toMatch(said);
  });

  it.each<[string, Partial<RuleRecord>]>([
    ['as many connections as the router has', { maxConnections: 4096 }],
    ['a check as slow as its interval', { healthCheck }],
    ['cookies that members set', { stickiness: lbCookie }],
    ['keepAlive and forwarded of HTTP', { protocol: 'http', keepAlive: false, forwarded: true }],
    ['keepAlive and forwarded beside cookies', { stickiness: lbCookie, keepAlive: true, forwarded: false }],
    [
      'every option of an inserted cookie',
      {
        stickiness: { ...lbCookie, mode: 'insert', indirect: true, postonly: true, domains: ['.a.test'] },
      },
    ],
  ])('serves %s', (_, change) => {
    expect(lint(change)).toBe('served');
  });

  it('says in full what to do', () => {
    const said = [
      lint({ ip: '10.0.53.9' }),
      lint({ port: 3922 }),
      lint({ members: [...rule().members, rule().members[0]!] }),
      lint({ protocol: 'ssl' }),
      lint({ certificate: '/a.pem' }),
      lint({ keepAlive: false }),
      lint({ tls: {} }),
      lint({ maxConnections: 4097 }),
      lint({ healthCheck: { ...healthCheck, timeoutMs: 1001 } }),
      lint({ stickiness: { ...lbCookie, mode: 'insert', domains: ['.a.test', 'test'] } }),
      lint({ stickiness: { ...lbCookie, indirect: true, postonly: true, domains: ['a.test'] } }),
      lint({ stickiness: { ...lbCookie, postonly: true, domains: ['a.test'] } }),
      lint({ stickiness: { ...lbCookie, mode: 'prefix', domains: ['a.test'] } }),
    ];
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "AddressNotLocal ip: 10.0.53.9 is not an address of this router; associate it with the network first (its addresses: 10.0.53.2)
      PortReserved port: 3922 is used by the router itself; choose another public port for 10.0.53.2:3922
      DuplicateMember members: vm1 is named twice
      CertificateMissing certificate: protocol ssl needs one; name a PEM file
      CertificateUnused certificate: only with protocol ssl, not with tcp; leave it out
      HttpOptionUnused keepAlive: only where the payload is HTTP, and of protocol tcp it is not known; leave it out, or use protocol http or ssl
      TlsUnused tls: only with protocol ssl, not with tcp; leave it out
      TooManyConnections maxConnections: 4097 is more than the 4096 that the router accepts in all; ask for less, or raise the router's maxConnections
      HealthCheckTooSlow healthCheck.timeoutMs: 1001 is longer than the interval of 1000; HAProxy would begin the next check before this one has failed; shorten it, or lengthen the interval
      CookieDomainUnusable stickiness.domains: browsers take no cookie for all of "test" (RFC 6265, 5.3); name a domain with a dot in it
      CookieOptionUnavailable stickiness.indirect: only with mode insert; with rewrite the members' own cookie is used, as they set it
      CookieOptionUnavailable stickiness.postonly: only with mode insert; with rewrite the members' own cookie is used, as they set it
      CookieOptionUnavailable stickiness.domains: only with mode insert; with prefix the members' own cookie is used, as they set it"
    `);
  });

  it('names every address of the router where a rule has none of them', () => {
    const refusal = validateRule(rule({ ip: '10.0.53.9' }), defaultSettings, new Set(['10.0.53.2', '10.0.53.3']));
    expect(refusal?.message).toContain('(its addresses: 10.0.53.2, 10.0.53.3)');
  });

  it.each([
    ['that can be read', new Map([['/a.pem', usableCertificate('pem', 'A')]])],
    ['that is not known of', new Map()],
  ])('serves ssl with a certificate %s', (_, certificates) => {
    expect(lint({ protocol: 'ssl', certificate: '/a.pem' }, { certificates })).toBe('served');
    expect(lint({ protocol: 'ssl', certificate: '/a.pem' })).toBe('served');
  });

  it('serves ports that the router does not use, with and without a statistics page', () => {
    expect(validateRule(rule({ port: 8404 }), defaultSettings, local)).toBeUndefined();
    expect(lint({ port: 8405 })).toBe('served');
  });

  it('refuses a certificate that cannot be read, and says why', () => {
    const certificates = new Map([['/a.pem', { ok: false as const, problem: 'there is no such file' }]]);
    expect(lint({ protocol: 'ssl', certificate: '/a.pem' }, { certificates })).toMatch(
      /^CertificateUnreadable certificate: \/a\.pem cannot be used: there is no such file/,
    );
  });
});

describe('the budget', () => {
  const has = (budget: Partial<RouterSettings['budget']>, there: Partial<RuleRecord>[]): Capacity => {
    const left = new Capacity({ ...defaultSettings, budget: { ...defaultSettings.budget, ...budget } }, 1_048_576);
    for (const each of there) left.take(rule(each));
    return left;
  };
  const sticky = { stickiness: sourceBased };

  it('has room for two tables, and not for a third one; a rule without one is always served', () => {
    const tableBytes = 90_000_000;
    expect(lint(sticky, { capacity: has({ tableBytes }, [sticky]) })).toBe('served');
    const full = has({ tableBytes }, [sticky, sticky]);
    expect(lint(sticky, { capacity: full })).toMatch(
      /^TableBudgetExceeded stickiness\.tableSize: .* 127795200 bytes, .* 90000000 /,
    );
    expect(lint({}, { capacity: full })).toBe('served');
  });

  it('has descriptors for listeners and checks of one rule with two members, and not for two', () => {
    const fileDescriptors = 8192 + 128 + 7;
    expect(lint({}, { capacity: has({ fileDescriptors }, []) })).toBe('served');
    expect(lint({}, { capacity: has({ fileDescriptors }, [{}]) })).toMatch(
      /^DescriptorBudgetExceeded members: .* 8328 file descriptors, and has 8327/,
    );
  });
});
