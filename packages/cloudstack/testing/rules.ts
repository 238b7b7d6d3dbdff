import type { AppCookie, LbCookie, MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import fc from 'fast-check';
import { vmOfAddress } from '../src/names.ts';

/** A rule with what a test does not care for. */
export function aRule(overrides: Partial<RuleRecord> = {}): RuleRecord {
  return {
    ip: '10.0.53.2',
    port: 8080,
    protocol: 'tcp',
    algorithm: 'roundrobin',
    cidrs: [],
    stickiness: { method: 'none' },
    members: [aMember('10.1.1.11'), aMember('10.1.1.12')],
    ...overrides,
  };
}

export function aMember(ip: string, overrides: Partial<MemberRecord> = {}): MemberRecord {
  return { vm: vmOfAddress(ip), ip, port: 80, state: 'serving', ...overrides };
}

export const sourceBased: Stickiness = { method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 };

export const lbCookie: LbCookie = {
  method: 'LbCookie',
  cookieName: 'SRV',
  mode: 'insert',
  nocache: false,
  indirect: false,
  postonly: false,
  domains: [],
};

export const appCookie: AppCookie = {
  method: 'AppCookie',
  cookieName: 'JSESSIONID',
  length: 52,
  holdTimeSeconds: 10_800,
  requestLearn: false,
};

const ip = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'));
const port = fc.integer({ min: 1, max: 65_535 });
const cidr = fc.tuple(ip, fc.nat(32)).map(([address, bits]) => `${address}/${bits}`);
const seconds = fc.oneof(fc.integer({ min: 1, max: 2_147_483 }), fc.constantFrom(60, 1800, 3600, 86_400));
const cookieName = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const anyLbCookie: fc.Arbitrary<LbCookie> = fc
  .record({
    method: fc.constant('LbCookie' as const),
    cookieName,
    mode: fc.constantFrom('insert' as const, 'rewrite' as const, 'prefix' as const),
    nocache: fc.boolean(),
    indirect: fc.boolean(),
    postonly: fc.boolean(),
    domains: fc.array(fc.stringMatching(/^[A-Za-z0-9.-]{1,12}$/), { maxLength: 3 }),
  })
  .map((policy) => ({ ...policy, indirect: policy.indirect && policy.mode === 'insert' }));

/** Any policy that the contract allows and HAProxy can do. */
export const anyStickiness: fc.Arbitrary<Stickiness> = fc.oneof(
  fc.constant<Stickiness>({ method: 'none' }),
  fc.record({
    method: fc.constant('SourceBased' as const),
    tableSize: fc.oneof(fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom(1024, 204_800, 1_048_576)),
    expireSeconds: seconds,
  }),
  anyLbCookie,
  fc.record({
    method: fc.constant('AppCookie' as const),
    cookieName,
    length: fc.integer({ min: 1, max: 1024 }),
    holdTimeSeconds: seconds,
    requestLearn: fc.boolean(),
  }),
);
const member: fc.Arbitrary<MemberRecord> = fc.record(
  {
    vm: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    ip,
    port,
    state: fc.constantFrom('serving' as const, 'draining' as const, 'maintenance' as const),
    weight: fc.integer({ min: 1, max: 256 }),
  },
  { requiredKeys: ['vm', 'ip', 'port', 'state'] },
);
const milliseconds = fc.integer({ min: 1, max: 2_147_483_647 });

/** Any rule that the contract allows, with each address and each VM once. */
export const anyRule: fc.Arbitrary<RuleRecord> = fc
  .record(
    {
      ip,
      port: fc.oneof(port, fc.constant(80)),
      protocol: fc.constantFrom('tcp' as const, 'http' as const, 'tcp-proxy' as const, 'ssl' as const),
      algorithm: fc.constantFrom('roundrobin' as const, 'leastconn' as const, 'source' as const),
      cidrs: fc.array(cidr, { maxLength: 4 }),
      stickiness: anyStickiness,
      timeouts: fc.record(
        { connectMs: milliseconds, clientMs: milliseconds, serverMs: milliseconds },
        { requiredKeys: ['clientMs'] },
      ),
      maxConnections: fc.integer({ min: 1, max: 1_000_000 }),
      keepAlive: fc.boolean(),
      members: fc
        .uniqueArray(member, { maxLength: 5, selector: (m) => m.ip })
        .map((members) => members.filter((m, i) => members.findIndex((other) => other.vm === m.vm) === i)),
    },
    { requiredKeys: ['ip', 'port', 'protocol', 'algorithm', 'cidrs', 'stickiness', 'members'] },
  )
  .map((rule) => (rule.protocol === 'ssl' ? { ...rule, certificate: `/etc/ssl/rule-${rule.port}.pem` } : rule));

/** Any rules of one router: each address and port once. */
export const anyRules = fc.uniqueArray(anyRule, { maxLength: 6, selector: (rule) => `${rule.ip}:${rule.port}` });
