import type { RuleRecord } from '@limpet/contract';
import { ruleSection } from './rule-section.ts';
import type { LoadBalancerSettings, StatsListener } from './settings.ts';

/** Ends a section. CloudStack's health check splits the file at such lines, so they are part of the contract. */
export const SECTION_END = '\t ';

/**
 * The elements of haproxy.cfg as CloudStack 4.19.1's HAProxyConfigurator.generateConfiguration builds them; an element may
 * hold several lines. What CloudStack cannot say is left out as CloudStack would, unless the settings say otherwise: a
 * member that drains or is in maintenance is a revoked destination, weights, limits and health checks are not there, and
 * what is HTTP follows {@link cloudStackProtocol}.
 * `rules` have passed the contract's schema, `settings` come from the program: nothing raw reaches the file.
 */
export function generateConfiguration(rules: readonly RuleRecord[], settings: LoadBalancerSettings): string[] {
  return [
    ...globalSection(settings),
    SECTION_END,
    ...peersSection(settings),
    ...defaultsSection(settings),
    ...(settings.stats ? [statsListener(settings.stats, settings)] : []),
    SECTION_END,
    ...rules.flatMap((rule) => [...ruleSection(rule, settings), SECTION_END]),
    SECTION_END,
    // HAProxy refuses a configuration without any proxy, hence a listener on the discard port.
    ...(rules.length === 0 ? ['listen  vmops', '\tbind 0.0.0.0:9', '\toption transparent'] : []),
  ];
}

function globalSection(settings: LoadBalancerSettings): string[] {
  const lines = [
    '\tlog 127.0.0.1:3914   local0 warning',
    `\tmaxconn ${settings.maxconn}`,
    `\tmaxpipes ${Math.floor(settings.maxconn / 4)}`,
    '\tchroot /var/lib/haproxy',
    '\tuser haproxy',
    '\tgroup haproxy',
    '\tdaemon',
  ];
  const omitted: readonly string[] = settings.omit;
  return [
    'global',
    ...lines.filter((line) => !omitted.includes(line.trim().split(' ')[0]!)),
    ...(settings.statsSocket
      ? [`\tstats socket ${settings.statsSocket} mode 600 level admin expose-fd listeners`]
      : []),
    ...(settings.withoutClientCas ? ['.if feature(OPENSSL)', '\thttpclient.ssl.verify none', '.endif'] : []),
    ...(settings.peers ? [`\tlocalpeer ${settings.peers.peer}`] : []),
  ];
}

function peersSection({ peers }: LoadBalancerSettings): string[] {
  if (!peers) return [];
  return [`peers ${peers.section}`, `\tpeer ${peers.peer} ${peers.address}:${peers.port}`, SECTION_END];
}

function defaultsSection(settings: LoadBalancerSettings): string[] {
  return [
    'defaults',
    '\tlog     global',
    '\tmode    tcp',
    '\toption  dontlognull',
    '\tretries 3',
    '\toption redispatch',
    '\toption forwardfor',
    settings.keepAliveEnabled ? '\tno option httpclose' : '\toption httpclose',
    '\ttimeout connect    5000',
    '\ttimeout client     50000',
    '\ttimeout server     50000',
  ];
}

function statsListener(stats: StatsListener, settings: LoadBalancerSettings): string {
  return [
    '\nlisten stats_on_public',
    `\tbind ${stats.ip}:${stats.port}`,
    '\tmode http',
    ...(settings.keepAliveEnabled ? [] : ['\toption httpclose']),
    '\tstats enable',
    `\tstats uri     ${stats.uri}`,
    '\tstats realm   Haproxy\\ Statistics',
    `\tstats auth    ${stats.auth}\n`,
  ].join('\n');
}
