/**
 * A field that is accepted and does nothing is a fault: for every field that the contract has of a rule and of the
 * settings, a change of it changes what HAProxy or iptables are given.
 *
 * @module
 */
import {
  type HaproxySettings,
  haproxySettingsSchema,
  type PairRouter,
  type RuleRecord,
  ruleRecordSchema,
} from '@limpet/contract';
import { describe, expect, it } from 'vitest';
import { rendered } from '../../../testing/rendered.ts';
import { member, rule, sourceBased } from '../../../testing/rules.ts';
import { validateRule } from '../admission/validate-rule.ts';
import { chainRules, listenersOf } from '../firewall/chain-rules.ts';
import { defaultSettings } from './settings.ts';

/** What is read of a zod schema. */
interface Schema {
  shape?: Record<string, unknown>;
  options?: unknown[];
  element?: unknown;
  value?: string;
  def?: { innerType?: unknown };
}

/** The paths of all leaves of a schema; of a union, of each variant by its method. */
function leavesIn(schema: unknown, path = ''): string[] {
  const { shape, options, element, def } = schema as Schema;
  if (def?.innerType) return leavesIn(def.innerType, path);
  if (shape)
    return Object.entries(shape).flatMap(([name, each]) => leavesIn(each, path === '' ? name : `${path}.${name}`));
  const variants = (options ?? []).filter((variant) => (variant as Schema).shape);
  if (variants.length > 0) {
    return variants.flatMap((variant) =>
      leavesIn(variant, `${path}(${((variant as Schema).shape!.method as Schema).value})`),
    );
  }
  return (element as Schema | undefined)?.shape ? leavesIn(element, `${path}[]`) : [path];
}

/** All that a router writes for a rule under these settings. */
function written(one: RuleRecord, settings: HaproxySettings): string {
  expect(ruleRecordSchema.parse(one)).toEqual(one);
  expect(haproxySettingsSchema.parse(settings)).toEqual(settings);
  const all = { ...defaultSettings, ...settings };
  expect(validateRule(one, all, new Set(['10.0.53.2', '10.0.53.3']))).toBeUndefined();
  const { text: config, stickMap } = rendered([one], { settings });
  return [config, stickMap, ...chainRules(listenersOf([one], settings.statistics))]
    .join('\n')
    .replace(/LIMPET_CONFIG_HASH \S+/g, '');
}

const lbCookie = {
  ...({ method: 'LbCookie', cookieName: 'SRV', mode: 'insert' } as const),
  ...{ nocache: false, indirect: false, postonly: false, domains: [] },
};
const appCookie = {
  ...({ method: 'AppCookie', cookieName: 'SID', length: 52 } as const),
  ...{ holdTimeSeconds: 60, requestLearn: false },
};
const healthCheck = { path: '/a', intervalMs: 2000, timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 3 };
const timeouts = { connectMs: 1, clientMs: 2, serverMs: 3 };
const ssl = { protocol: 'ssl', certificate: '/a.pem' } as const;
const tls = { minVersion: 'TLSv1.2', ciphers: 'A', ciphersuites: 'B', tickets: true, http2: true } as const;
const [vm1, vm2] = [member('vm1'), member('vm2')];

/** A rule and another one that differs in the field only. */
type Pair = [Partial<RuleRecord>, Partial<RuleRecord>];
const ofRule: Record<string, Pair> = {
  ip: [{}, { ip: '10.0.53.3' }],
  port: [{}, { port: 81 }],
  protocol: [{}, { protocol: 'http' }],
  algorithm: [{}, { algorithm: 'leastconn' }],
  cidrs: [{}, { cidrs: ['10.0.0.0/8'] }],
  'stickiness(none).method': [{}, { stickiness: sourceBased }],
  'stickiness(SourceBased).method': [{ stickiness: sourceBased }, {}],
  'stickiness(SourceBased).tableSize': [
    { stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 1 } },
    { stickiness: { method: 'SourceBased', tableSize: 2, expireSeconds: 1 } },
  ],
  'stickiness(SourceBased).expireSeconds': [
    { stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 1 } },
    { stickiness: { method: 'SourceBased', tableSize: 1, expireSeconds: 2 } },
  ],
  'stickiness(LbCookie).method': [{ stickiness: lbCookie }, { stickiness: appCookie }],
  'stickiness(LbCookie).cookieName': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, cookieName: 'A' } }],
  'stickiness(LbCookie).mode': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, mode: 'prefix' } }],
  'stickiness(LbCookie).nocache': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, nocache: true } }],
  'stickiness(LbCookie).indirect': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, indirect: true } }],
  'stickiness(LbCookie).postonly': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, postonly: true } }],
  'stickiness(LbCookie).domains': [{ stickiness: lbCookie }, { stickiness: { ...lbCookie, domains: ['a.test'] } }],
  'stickiness(AppCookie).method': [{ stickiness: appCookie }, { stickiness: lbCookie }],
  'stickiness(AppCookie).cookieName': [{ stickiness: appCookie }, { stickiness: { ...appCookie, cookieName: 'A' } }],
  'stickiness(AppCookie).length': [{ stickiness: appCookie }, { stickiness: { ...appCookie, length: 9 } }],
  'stickiness(AppCookie).holdTimeSeconds': [
    { stickiness: appCookie },
    { stickiness: { ...appCookie, holdTimeSeconds: 9 } },
  ],
  'stickiness(AppCookie).requestLearn': [
    { stickiness: appCookie },
    { stickiness: { ...appCookie, requestLearn: true } },
  ],
  certificate: [ssl, { ...ssl, certificate: '/b.pem' }],
  'tls.minVersion': [
    { ...ssl, tls },
    { ...ssl, tls: { ...tls, minVersion: 'TLSv1.3' } },
  ],
  'tls.ciphers': [
    { ...ssl, tls },
    { ...ssl, tls: { ...tls, ciphers: 'C' } },
  ],
  'tls.ciphersuites': [
    { ...ssl, tls },
    { ...ssl, tls: { ...tls, ciphersuites: 'C' } },
  ],
  'tls.tickets': [
    { ...ssl, tls },
    { ...ssl, tls: { ...tls, tickets: false } },
  ],
  'tls.http2': [
    { ...ssl, tls },
    { ...ssl, tls: { ...tls, http2: false } },
  ],
  'timeouts.connectMs': [{ timeouts }, { timeouts: { ...timeouts, connectMs: 9 } }],
  'timeouts.clientMs': [{ timeouts }, { timeouts: { ...timeouts, clientMs: 9 } }],
  'timeouts.serverMs': [{ timeouts }, { timeouts: { ...timeouts, serverMs: 9 } }],
  maxConnections: [{}, { maxConnections: 9 }],
  keepAlive: [ssl, { ...ssl, keepAlive: false }],
  forwarded: [ssl, { ...ssl, forwarded: true }],
  'healthCheck.path': [{ healthCheck }, { healthCheck: { ...healthCheck, path: '/b' } }],
  'healthCheck.method': [{ healthCheck }, { healthCheck: { ...healthCheck, method: 'HEAD' } }],
  'healthCheck.host': [{ healthCheck }, { healthCheck: { ...healthCheck, host: 'www.example.org' } }],
  'healthCheck.expect': [{ healthCheck }, { healthCheck: { ...healthCheck, expect: '200' } }],
  'healthCheck.port': [{ healthCheck }, { healthCheck: { ...healthCheck, port: 8009 } }],
  'healthCheck.tls': [{ healthCheck }, { healthCheck: { ...healthCheck, tls: true } }],
  'healthCheck.intervalMs': [{ healthCheck }, { healthCheck: { ...healthCheck, intervalMs: 1999 } }],
  'healthCheck.timeoutMs': [{ healthCheck }, { healthCheck: { ...healthCheck, timeoutMs: 999 } }],
  'healthCheck.healthyThreshold': [{ healthCheck }, { healthCheck: { ...healthCheck, healthyThreshold: 9 } }],
  'healthCheck.unhealthyThreshold': [{ healthCheck }, { healthCheck: { ...healthCheck, unhealthyThreshold: 9 } }],
  'members[].vm': [{}, { members: [vm1, { ...vm2, vm: 'vm3' }] }],
  'members[].ip': [{}, { members: [vm1, { ...vm2, ip: '10.1.1.9' }] }],
  'members[].port': [{}, { members: [vm1, { ...vm2, port: 9 }] }],
  'members[].state': [{}, { members: [vm1, { ...vm2, state: 'draining' }] }],
  'members[].weight': [{}, { members: [vm1, { ...vm2, weight: 9 }] }],
};

describe('a field of a rule', () => {
  it('is in the table', () => {
    expect(Object.keys(ofRule).sort()).toEqual(leavesIn(ruleRecordSchema).sort());
  });

  it.each(Object.entries(ofRule))('%s changes what is written', (_, [before, after]) => {
    const { settings } = everything;
    expect(written(rule(after), settings)).not.toBe(written(rule(before), settings));
  });
});

const page = { ip: '10.0.53.2', port: 8404, cidrs: [], uri: '/a', user: 'u', password: 'p' };
const [a, b] = ['a', 'b'].map((name, at) => ({ name, ip: `10.1.1.${at}` })) as [PairRouter, PairRouter];
const pair = { self: 'a', peers: [a, b] };
const log = { ip: '127.0.0.1', port: 514, facility: 'local0', level: 'warning' } as const;
const everything: { settings: HaproxySettings } = {
  settings: {
    ...{ maxConnections: 4096, maxPipes: 1, dhParamBits: 2048, peersPort: 10_000 },
    ...{ user: 'a', group: 'a', chroot: '/a' },
    ...{ timeouts, log, tls, statistics: [page], pair },
  },
};
const ofSettings: Record<string, Partial<HaproxySettings>> = {
  maxConnections: { maxConnections: 4097 },
  maxPipes: { maxPipes: 2 },
  'timeouts.connectMs': { timeouts: { ...timeouts, connectMs: 9 } },
  'timeouts.clientMs': { timeouts: { ...timeouts, clientMs: 0 } },
  'timeouts.serverMs': { timeouts: { ...timeouts, serverMs: 9 } },
  user: { user: 'b' },
  group: { group: 'b' },
  chroot: { chroot: '/b' },
  'log.ip': { log: { ...log, ip: '127.0.0.2' } },
  'log.port': { log: { ...log, port: 515 } },
  'log.facility': { log: { ...log, facility: 'local1' } },
  'log.level': { log: { ...log, level: 'info' } },
  'statistics[].ip': { statistics: [{ ...page, ip: '10.0.53.3' }] },
  'statistics[].port': { statistics: [{ ...page, port: 8405 }] },
  'statistics[].cidrs': { statistics: [{ ...page, cidrs: ['10.0.0.0/8'] }] },
  'statistics[].uri': { statistics: [{ ...page, uri: '/b' }] },
  'statistics[].user': { statistics: [{ ...page, user: 'v' }] },
  'statistics[].password': { statistics: [{ ...page, password: 'q' }] },
  'tls.minVersion': { tls: { ...tls, minVersion: 'TLSv1.3' } },
  'tls.ciphers': { tls: { ...tls, ciphers: 'C' } },
  'tls.ciphersuites': { tls: { ...tls, ciphersuites: 'C' } },
  'tls.tickets': { tls: { ...tls, tickets: false } },
  'tls.http2': { tls: { ...tls, http2: false } },
  dhParamBits: { dhParamBits: 4096 },
  peersPort: { peersPort: 10_001 },
  'pair.self': { pair: { ...pair, self: 'b' } },
  'pair.peers[].name': { pair: { ...pair, peers: [a, { ...b, name: 'c' }] } },
  'pair.peers[].ip': { pair: { ...pair, peers: [a, { ...b, ip: '10.1.1.9' }] } },
};

describe('a setting', () => {
  it('is in the table', () => {
    expect(Object.keys(ofSettings).sort()).toEqual(leavesIn(haproxySettingsSchema).sort());
  });

  it.each(Object.entries(ofSettings))('%s changes what is written', (_, change) => {
    const { settings } = everything;
    expect(written(rule(ssl), { ...settings, ...change })).not.toBe(written(rule(ssl), settings));
  });
});
