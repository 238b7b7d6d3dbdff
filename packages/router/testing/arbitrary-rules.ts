import type {
  HealthCheck,
  LbCookie,
  MemberRecord,
  RuleRecord,
  Stickiness,
  Timeouts,
  TlsOptions,
} from '@limpet/contract';
import fc from 'fast-check';
import { modeOf } from '../src/mode.ts';
import { noStickiness } from './rules.ts';

const alphabet = [...'ABCXYZabcxyz0189_.-'];
const name = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength: 12 });
const milliseconds = fc.integer({ min: 1, max: 2_147_483_647 });
const network = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, length]) => `${ip}/${length}`);

const cookieModes: fc.Arbitrary<Pick<LbCookie, 'mode' | 'indirect' | 'postonly' | 'domains'>> = fc.oneof(
  fc.record({
    mode: fc.constant('insert' as const),
    indirect: fc.boolean(),
    postonly: fc.boolean(),
    domains: fc.array(
      name.map((each) => `${each.replaceAll('_', '-')}.test`),
      { maxLength: 3 },
    ),
  }),
  fc
    .constantFrom('rewrite' as const, 'prefix' as const)
    .map((mode) => ({ mode, indirect: false, postonly: false, domains: [] })),
);

/** Any policy that a router serves. */
export const anyStickiness: fc.Arbitrary<Stickiness> = fc.oneof(
  fc.constant(noStickiness),
  fc.record({
    method: fc.constant('SourceBased' as const),
    tableSize: fc.integer({ min: 1, max: 10_000_000 }),
    expireSeconds: fc.integer({ min: 1, max: 2_147_483 }),
  }),
  fc
    .tuple(
      fc.record({ method: fc.constant('LbCookie' as const), cookieName: name, nocache: fc.boolean() }),
      cookieModes,
    )
    .map(([cookie, mode]) => ({ ...cookie, ...mode })),
  fc.record({
    method: fc.constant('AppCookie' as const),
    cookieName: name,
    length: fc.integer({ min: 1, max: 1024 }),
    holdTimeSeconds: fc.integer({ min: 1, max: 2_147_483 }),
    requestLearn: fc.boolean(),
  }),
);

const healthCheck: fc.Arbitrary<HealthCheck> = fc
  .record(
    {
      path: fc.string({ unit: fc.constantFrom(...alphabet, ...'~/?=&%'), maxLength: 20 }).map((rest) => `/${rest}`),
      method: fc.constantFrom('GET' as const, 'HEAD' as const, 'OPTIONS' as const, 'POST' as const),
      host: fc.constantFrom('www.example.org', '203.0.113.10:8080'),
      expect: fc.constantFrom('200', '200-399', '200,204,300-308'),
      port: fc.integer({ min: 1, max: 65535 }),
      tls: fc.boolean(),
      intervalMs: fc.integer({ min: 100, max: 3_600_000 }),
      timeoutMs: fc.integer({ min: 100, max: 3_600_000 }),
      healthyThreshold: fc.integer({ min: 1, max: 100 }),
      unhealthyThreshold: fc.integer({ min: 1, max: 100 }),
    },
    { requiredKeys: ['intervalMs', 'timeoutMs', 'healthyThreshold', 'unhealthyThreshold'] },
  )
  .map(({ method, host, expect, ...check }) => ({
    ...check,
    // These are for checks by HTTP alone.
    ...(check.path !== undefined && withoutUndefined({ method, host, expect })),
    timeoutMs: Math.min(check.timeoutMs, check.intervalMs),
  }));

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const timeouts: fc.Arbitrary<Timeouts> = fc.record(
  { connectMs: milliseconds, clientMs: milliseconds, serverMs: milliseconds },
  { requiredKeys: [] },
);

const anyMember: fc.Arbitrary<MemberRecord> = fc.record(
  {
    vm: name,
    ip: fc.ipV4(),
    port: fc.integer({ min: 1, max: 65535 }),
    state: fc.constantFrom('serving' as const, 'draining' as const, 'maintenance' as const),
    weight: fc.integer({ min: 1, max: 256 }),
  },
  { requiredKeys: ['vm', 'ip', 'port', 'state'] },
);

const tls: fc.Arbitrary<TlsOptions> = fc.record(
  {
    minVersion: fc.constantFrom('TLSv1.2' as const, 'TLSv1.3' as const),
    ciphers: fc.constantFrom('HIGH', 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256'),
    ciphersuites: fc.constant('TLS_AES_128_GCM_SHA256'),
    tickets: fc.boolean(),
    http2: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Any rule on `ip` that a router serves; with `ssl`, by the certificate in `certificate`. */
export const anyRule = (ip: string, certificate: string): fc.Arbitrary<RuleRecord> =>
  fc
    .record(
      {
        ip: fc.constant(ip),
        port: fc.integer({ min: 20_000, max: 40_000 }),
        protocol: fc.constantFrom('tcp' as const, 'http' as const, 'tcp-proxy' as const, 'ssl' as const),
        algorithm: fc.constantFrom('roundrobin' as const, 'leastconn' as const, 'source' as const),
        cidrs: fc.array(network, { maxLength: 3 }),
        stickiness: anyStickiness,
        timeouts,
        maxConnections: fc.integer({ min: 1, max: 4096 }),
        keepAlive: fc.boolean(),
        forwarded: fc.boolean(),
        tls,
        healthCheck,
        members: fc.uniqueArray(anyMember, { maxLength: 4, selector: ({ vm }) => vm }),
      },
      { requiredKeys: ['ip', 'port', 'protocol', 'algorithm', 'cidrs', 'stickiness', 'members'] },
    )
    .map((rule) => withoutUnused(rule.protocol === 'ssl' ? { ...rule, certificate } : rule));

/** The rule without what its protocol ignores, which routers refuse. */
export function withoutUnused({ keepAlive, forwarded, tls: ownTls, ...rule }: RuleRecord): RuleRecord {
  return {
    ...rule,
    ...(modeOf(rule) === 'http' && {
      ...(keepAlive !== undefined && { keepAlive }),
      ...(forwarded !== undefined && { forwarded }),
    }),
    ...(rule.protocol === 'ssl' && ownTls !== undefined && { tls: ownTls }),
  };
}

/** Any rules of one router. */
export const anyRules = (ip: string, certificate: string, most = 5): fc.Arbitrary<RuleRecord[]> =>
  fc.uniqueArray(anyRule(ip, certificate), { maxLength: most, selector: ({ port }) => port });
