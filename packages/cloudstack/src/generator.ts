import type { RuleRecord } from '@limpet/contract';
import { proxyName } from './names.ts';
import { cloudStackProtocol } from './protocol.ts';
import type { LoadBalancerSettings, StatsListener } from './settings.ts';
import { renderExpire, renderTableSize } from './units.ts';

/** Ends a section. CloudStack's health check splits the file at such lines, so they are part of the contract. */
export const SECTION_END = '\t ';

/**
 * The elements of haproxy.cfg as CloudStack 4.19.1's HAProxyConfigurator.generateConfiguration builds them; an element may
 * hold several lines. What CloudStack cannot say is left out as CloudStack would: a draining member is a revoked
 * destination, and the protocol follows {@link cloudStackProtocol}.
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
    ...rules.flatMap((rule) => ruleSection(rule, settings)),
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

function ruleSection(rule: RuleRecord, settings: LoadBalancerSettings): string[] {
  const name = proxyName(rule);
  const members = rule.members.filter((member) => member.state === 'serving');
  const lines = [`listen ${name}`, `\tbind ${rule.ip}:${rule.port}`, `\tbalance ${rule.algorithm}`];
  for (const [i, member] of members.entries()) {
    const server = settings.serverNames === 'vm' ? member.vm : `${name}_${i}`;
    lines.push(`\tserver ${server} ${member.ip}:${member.port} check`);
  }
  if (rule.stickiness.method === 'SourceBased' && members.length > 0) {
    const { tableSize, expireSeconds } = rule.stickiness;
    const peers = settings.peers ? ` peers ${settings.peers.section}` : '';
    // One element of two lines, as the generator builds it.
    lines.push(
      `\tstick-table type ip size ${renderTableSize(tableSize)} expire ${renderExpire(expireSeconds)}${peers}\n\tstick on src`,
    );
  }
  if (cloudStackProtocol(rule, settings.keepAliveEnabled) === 'http') lines.push('\tmode http', '\toption httpclose');
  if (rule.cidrs.length > 0) {
    lines.push(
      `\tacl network_allowed src ${rule.cidrs.join(' ')} \n\ttcp-request connection reject if !network_allowed`,
    );
  }
  return [...lines, SECTION_END];
}
