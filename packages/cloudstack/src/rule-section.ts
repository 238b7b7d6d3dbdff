import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { cookieValue, proxyName } from './names.ts';
import { cloudStackProtocol } from './protocol.ts';
import type { LoadBalancerSettings } from './settings.ts';
import { stickinessLines, sticksByCookie } from './stickiness-lines.ts';
import { INTERMEDIATE_TLS } from './tls-options.ts';

/** The lines of a rule, as HAProxyConfigurator.getRulesForPool builds them, without the end of the section. */
export function ruleSection(rule: RuleRecord, settings: LoadBalancerSettings): string[] {
  const members = rule.members.filter((member) => settings.memberStates || member.state === 'serving');
  const cookies = members.length > 0 && sticksByCookie(rule.stickiness);
  const ssl = rule.protocol === 'ssl';
  const protocol = settings.protocolFromPort ? cloudStackProtocol(rule, settings.keepAliveEnabled) : rule.protocol;
  const lines = [
    `listen ${proxyName(rule)}`,
    ...bindLines(rule),
    `\tbalance ${rule.algorithm}`,
    ...(settings.limits === 'rule' ? limitLines(rule) : []),
    ...members.map((member, i) => serverLine(rule, member, i, cookies, settings)),
    // Stickiness is left out where there is no member to stick to.
    ...(members.length > 0 ? stickinessLines(rule.stickiness, settings) : []),
  ];
  if (protocol === 'http' || cookies || ssl) {
    const keepsAlive = settings.limits === 'rule' && rule.keepAlive !== false;
    lines.push('\tmode http', keepsAlive ? '\toption http-keep-alive' : '\toption httpclose');
  }
  if (rule.cidrs.length > 0) {
    lines.push(
      `\tacl network_allowed src ${rule.cidrs.join(' ')} \n\ttcp-request connection reject if !network_allowed`,
    );
  }
  return lines;
}

/** TLS as CloudStack writes it since it terminates it, after 4.19; the file is the rule's own and not in CloudStack's directory. */
function bindLines(rule: RuleRecord): string[] {
  const bind = `\tbind ${rule.ip}:${rule.port}`;
  if (rule.protocol !== 'ssl') return [bind];
  return [
    `${bind} ssl crt ${rule.certificate} alpn h2,http/1.1 ${INTERMEDIATE_TLS}\n\thttp-request add-header X-Forwarded-Proto https`,
  ];
}

function serverLine(
  rule: RuleRecord,
  member: MemberRecord,
  position: number,
  cookies: boolean,
  settings: LoadBalancerSettings,
): string {
  const name = settings.serverNames === 'vm' ? member.vm : `${proxyName(rule)}_${position}`;
  return [
    `\tserver ${name} ${member.ip}:${member.port} check`,
    ...(rule.protocol === 'ssl' ? [INTERMEDIATE_TLS] : []),
    ...(rule.protocol === 'tcp-proxy' ? ['send-proxy'] : []),
    ...(cookies ? [`cookie ${cookieValue(member)}`] : []),
    ...(settings.memberStates ? stateWords(member) : []),
    ...(settings.limits === 'rule' ? checkWords(rule) : []),
  ].join(' ');
}

/** Not CloudStack's: see {@link LoadBalancerSettings.memberStates}. */
function stateWords({ state, weight = 1 }: MemberRecord): string[] {
  if (state === 'maintenance') return ['disabled'];
  return [`weight ${state === 'draining' ? 0 : weight}`];
}

/** Not 4.19.1's: see {@link LoadBalancerSettings.limits}. */
function checkWords({ healthCheck }: RuleRecord): string[] {
  if (!healthCheck) return [];
  const { intervalMs, healthyThreshold, unhealthyThreshold } = healthCheck;
  return [`inter ${intervalMs} rise ${healthyThreshold} fall ${unhealthyThreshold}`];
}

function limitLines({ timeouts = {}, maxConnections, healthCheck }: RuleRecord): string[] {
  const values = [
    ['timeout connect   ', timeouts.connectMs],
    ['timeout client    ', timeouts.clientMs],
    ['timeout server    ', timeouts.serverMs],
    ['maxconn', maxConnections],
    ['timeout check     ', healthCheck?.timeoutMs],
    ['option httpchk GET', healthCheck?.path],
  ] as const;
  return values.flatMap(([keyword, value]) => (value === undefined ? [] : [`\t${keyword} ${value}`]));
}
