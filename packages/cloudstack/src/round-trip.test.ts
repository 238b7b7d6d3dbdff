import { canonicalRule, type RuleRecord } from '@limpet/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRules } from '../testing/rules.ts';
import { parseDatabag } from './databag.ts';
import { vmOfAddress } from './names.ts';
import { cloudStackProtocol } from './protocol.ts';
import { databagOf, storedDatabag } from './queue-file.ts';
import { rulesFromDatabag } from './read/reader.ts';
import { defaultSettings, type LoadBalancerSettings, unprivileged } from './settings.ts';
import { INTERMEDIATE_TLS, readTlsOptions } from './tls-options.ts';

const settings: fc.Arbitrary<LoadBalancerSettings> = fc.record({
  maxconn: fc.integer({ min: 4, max: 100_000 }),
  keepAliveEnabled: fc.boolean(),
  routerIp: fc.constant('169.254.0.2'),
  omit: fc.constantFrom([], unprivileged),
  serverNames: fc.constant('positional' as const),
  protocolFromPort: fc.boolean(),
  appCookie: fc.constantFrom('appsession' as const, 'stick-table' as const),
  limits: fc.constantFrom('router' as const, 'rule' as const),
  memberStates: fc.constant(false),
  stats: fc.constantFrom(undefined, {
    ip: '10.0.53.2',
    port: 8081,
    uri: '/admin?stats',
    auth: 'admin1:AdMiN123',
    sourceCidrs: '0/0',
  }) as fc.Arbitrary<never>,
});

/** What CloudStack's format loses of a rule. */
function asCloudStackSays(rule: RuleRecord, settings: LoadBalancerSettings): RuleRecord {
  const members = rule.members
    .filter((member) => member.state === 'serving')
    .map(({ weight, ...member }) => ({ ...member, vm: vmOfAddress(member.ip) }));
  const { timeouts, maxConnections, keepAlive, ...rest } = rule;
  const protocol = protocolSaid({ ...rule, members }, settings);
  const isHttp =
    protocol === 'http' || protocol === 'ssl' || isHttpFromPort(rule, settings) || byCookie({ ...rule, members });
  const own = settings.limits === 'rule';
  return {
    ...rest,
    protocol,
    stickiness: members.length > 0 ? rule.stickiness : { method: 'none' },
    ...(own && timeouts && { timeouts }),
    ...(own && maxConnections !== undefined && { maxConnections }),
    ...(isHttp && { keepAlive: own && keepAlive !== false }),
    ...(protocol === 'ssl' && { tls: { ...readTlsOptions(INTERMEDIATE_TLS.split(' ')).tls, http2: true } }),
    members,
  };
}

function byCookie({ stickiness, members }: RuleRecord): boolean {
  return members.length > 0 && (stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie');
}

function isHttpFromPort(rule: RuleRecord, { protocolFromPort, keepAliveEnabled }: LoadBalancerSettings): boolean {
  return protocolFromPort && cloudStackProtocol(rule, keepAliveEnabled) === 'http';
}

/** The protocol is in the server lines, in the bind, or in the port. */
function protocolSaid(rule: RuleRecord, settings: LoadBalancerSettings): RuleRecord['protocol'] {
  if (rule.protocol === 'ssl') return 'ssl';
  if (rule.protocol === 'tcp-proxy' && rule.members.length > 0) return 'tcp-proxy';
  if (byCookie(rule) || isHttpFromPort(rule, settings)) return 'http';
  return settings.protocolFromPort || rule.protocol !== 'http' ? 'tcp' : 'http';
}

describe('a databag', () => {
  it('gives the rules back that it was made of', () => {
    fc.assert(
      fc.property(anyRules, settings, fc.boolean(), (rules, s, stored) => {
        const queueFile = databagOf(rules, s);
        const text = JSON.stringify(stored ? storedDatabag(queueFile) : queueFile);
        expect(rulesFromDatabag(parseDatabag(text))).toEqual(
          rules.map((rule) => canonicalRule(asCloudStackSays(rule, s))),
        );
      }),
    );
  });

  it('is a fixed point of reading and writing', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        const read = (from: readonly RuleRecord[]) =>
          rulesFromDatabag(parseDatabag(JSON.stringify(databagOf(from, defaultSettings))));
        expect(read(read(rules))).toEqual(read(rules));
      }),
    );
  });
});
