import type { RuleRecord } from '@limpet/contract';
import type { Word } from '@limpet/haproxy';
import { modeOf } from '../../mode.ts';
import { probeListener, publicListener } from './names.ts';
import type { RouterPaths } from './paths.ts';
import type { ProxySpec, ServerSpec } from './proxy-spec.ts';
import { serverOptions } from './server-options.ts';
import type { RouterSettings } from './settings.ts';
import { stickinessLines } from './stickiness.ts';

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

const binds = ({ rule, proxy }: ProxySpec, paths: RouterPaths): Lines => [
  [
    'bind',
    `${rule.ip}:${rule.port}`,
    ...(rule.certificate === undefined ? [] : ['ssl', 'crt', paths.certificate(rule.certificate)]),
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
    ...(modeOf(rule) === 'http' && rule.keepAlive === false ? [['option', 'httpclose']] : []),
  ];
};

const checks = ({ healthCheck: check }: RuleRecord): Lines =>
  check
    ? [
        ...(check.path === undefined ? [] : [['option', 'httpchk', 'GET', { quoted: check.path }]]),
        ['timeout', 'check', `${check.timeoutMs}ms`],
      ]
    : [];

/** The static lines of a rule's section, which only a reload can change. */
export const staticLines = (spec: ProxySpec, paths: RouterPaths): Lines => [
  ...binds(spec, paths),
  ['mode', modeOf(spec.rule)],
  ...balance[spec.rule.algorithm],
  ...limits(spec.rule),
  ...stickinessLines(spec, paths),
  ...checks(spec.rule),
  ['default-server', ...serverOptions(spec.rule)],
];

const serverWords = ({ name, ip, port, id, weight, maintenance }: ServerSpec): readonly Word[] => [
  'server',
  name,
  `${ip}:${port}`,
  'id',
  id,
  'weight',
  weight,
  ...(maintenance ? ['disabled'] : []),
];

/**
 * The lines that runtime commands can change as well. A rule without `maxConnections` has the router's limit, as in
 * HAProxy.
 */
export const runtimeLines = ({ rule, servers }: ProxySpec, settings: RouterSettings): Lines => [
  ['maxconn', rule.maxConnections ?? settings.maxConnections],
  ...servers.map(serverWords),
];
