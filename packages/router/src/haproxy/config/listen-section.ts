import type { HealthCheck, RuleRecord } from '@limpet/contract';
import type { Capabilities, Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { clientHeaderLines } from './client-headers.ts';
import { probeListener, publicListener } from './names.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec, ServerSpec } from './proxy-spec.ts';
import { cookieWords, serverOptions } from './server-options.ts';
import type { RouterSettings } from './settings.ts';
import { stickinessLines } from './stickiness.ts';
import { tlsWords } from './tls-words.ts';

type Lines = readonly (readonly Word[])[];

const balance: Record<RuleRecord['algorithm'], Lines> = {
  roundrobin: [['balance', 'roundrobin']],
  leastconn: [['balance', 'leastconn']],
  // Map-based hashing refuses dynamic servers; consistent hashing takes them (measured on 2.6).
  source: [
    ['balance', 'source'],
    ['hash-type', 'consistent'],
  ],
};

const binds = ({ rule, proxy }: ProxySpec, paths: RouterPaths, { tls }: RouterSettings): Lines => [
  [
    'bind',
    `${rule.ip}:${rule.port}`,
    ...(rule.certificate === undefined
      ? []
      : ['ssl', 'crt', paths.certificate(rule.certificate), ...tlsWords(tls, rule.tls)]),
    'name',
    publicListener,
  ],
  // Probe clients of the verification connect here, and claim a source address with the PROXY protocol.
  ['bind', `unix@${paths.probe(proxy)}`, 'mode', '600', 'accept-proxy', 'name', probeListener],
];

/** Limits stand in the rule's own section, so that no other rule has them (apache/cloudstack#14131, #12574). */
const limits = (rule: RuleRecord): Lines => {
  const timeouts = {
    connect: rule.timeouts?.connectMs,
    client: rule.timeouts?.clientMs,
    server: rule.timeouts?.serverMs,
  };
  return [
    ...Object.entries(timeouts).flatMap(([name, ms]) => (ms === undefined ? [] : [['timeout', name, `${ms}ms`]])),
    ...(rule.keepAlive === false ? [['option', 'httpclose']] : []),
  ];
};

/**
 * A check by HTTP carries a Host header, as HTTP/1.1 demands: servers answer others with 400, and were taken for down.
 */
const httpCheck = ({ ip, port }: RuleRecord, { path, method = 'GET', host, expect }: HealthCheck): Lines => {
  if (path === undefined) return [];
  const ownHost = port === 80 || port === 443 ? ip : `${ip}:${port}`;
  const request = ['meth', method, 'uri', { quoted: path }, 'ver', 'HTTP/1.1', 'hdr', 'Host', host ?? ownHost];
  return [
    ['option', 'httpchk'],
    ['http-check', 'send', ...request],
    ...(expect === undefined ? [] : [['http-check', 'expect', 'status', expect]]),
  ];
};

const checks = (rule: RuleRecord): Lines =>
  rule.healthCheck
    ? [...httpCheck(rule, rule.healthCheck), ['timeout', 'check', `${rule.healthCheck.timeoutMs}ms`]]
    : [];

/** The lines of a rule's section before its servers, which only a reload can change. */
export const staticLines = (
  spec: ProxySpec,
  paths: RouterPaths,
  settings: RouterSettings,
  haproxy: Capabilities,
): Lines => [
  ...binds(spec, paths, settings),
  ['mode', modeOf(spec.rule)],
  ...balance[spec.rule.algorithm],
  ...limits(spec.rule),
  ...clientHeaderLines(spec.rule),
  ...stickinessLines(spec, paths, haproxy),
  ...checks(spec.rule),
  ['default-server', ...serverOptions(spec.rule)],
];

/**
 * What only a reload can change of a rule's servers. Up to 2.9, only the file can give a server a cookie (HAProxy management
 * guide, `add server`): members of such rules come and go by a reload.
 */
export const fixedServerLines = (spec: ProxySpec, haproxy: Capabilities): Lines =>
  spec.rule.stickiness.method === 'LbCookie' && !haproxy.supported.has('dynamicServerCookies')
    ? spec.servers.map((server) => ['server', server.name, ...cookieWords(spec.rule, server)])
    : [];

/** All lines of a rule's section that only a reload can change. */
export const fixedLines = (
  spec: ProxySpec,
  paths: RouterPaths,
  settings: RouterSettings,
  haproxy: Capabilities,
): Lines => [...staticLines(spec, paths, settings, haproxy), ...fixedServerLines(spec, haproxy)];

const serverWords = (rule: RuleRecord, server: ServerSpec): readonly Word[] => [
  'server',
  server.name,
  `${server.ip}:${server.port}`,
  'id',
  server.id,
  'weight',
  server.weight,
  ...(server.maintenance ? ['disabled'] : []),
  ...cookieWords(rule, server),
];

/**
 * The lines that runtime commands can change as well. A rule without `maxConnections` has the router's limit, as in
 * HAProxy.
 */
export const runtimeLines = ({ rule, servers }: ProxySpec, settings: RouterSettings): Lines => [
  ['maxconn', rule.maxConnections ?? settings.maxConnections],
  ...servers.map((server) => serverWords(rule, server)),
];
