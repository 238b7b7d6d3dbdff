/**
 * What HAProxy is configured to say to members, checks and clients of a rule. The clients of these tests do not look at
 * it, so it is read from the rule's section, by a reader that shares no code with the router.
 *
 * @module
 */
import type { MemberRecord, RuleRecord } from '@limpet/contract';
import { clientProtocol } from '../concretize/client-protocol.ts';

/** These values in words, as the rule asks for them. */
export function httpValuesOf(rule: RuleRecord): string[] {
  return [...headersOf(rule), ...offersOf(rule), ...checkOf(rule), ...cookiesOf(rule)];
}

/** The same of a `listen` section. */
export function httpValuesIn(section: string): string[] {
  const lines = section.split('\n').map((line) => line.trim());
  const words = (pattern: RegExp): string[] => lines.flatMap((line) => pattern.exec(line)?.slice(1).join(' ') ?? []);
  return [
    ...words(/^http-request (set-header|add-header) (\S+) (.+)$/),
    ...words(/^bind \S+ ssl .*\b(alpn \S+)/),
    ...words(/^http-check send (.+)$/).map((request) => `check ${request}`),
    ...words(/^http-check expect (.+)$/).map((answer) => `expects ${answer}`),
    ...words(/^server (\S+) .*\b(cookie \S+)/).sort(),
  ];
}

function headersOf(rule: RuleRecord): string[] {
  if (clientProtocol(rule) !== 'http') return [];
  const scheme = rule.protocol === 'ssl' ? 'https' : 'http';
  return [
    'set-header X-Forwarded-For "%[src]"',
    `set-header X-Forwarded-Proto ${scheme}`,
    ...(rule.forwarded ? [`set-header Forwarded "for=%[src];proto=${scheme}"`] : []),
  ];
}

const offersOf = ({ protocol, tls }: RuleRecord): string[] =>
  protocol !== 'ssl' ? [] : [`alpn ${tls?.http2 === false ? 'http/1.1' : 'h2,http/1.1'}`];

function checkOf({ ip, port, healthCheck }: RuleRecord): string[] {
  if (healthCheck?.path === undefined) return [];
  const { path, method = 'GET', expect, host = port === 80 ? ip : `${ip}:${port}` } = healthCheck;
  const request = `check meth ${method} uri "${path}" ver HTTP/1.1 hdr Host ${host}`;
  return expect === undefined ? [request] : [request, `expects status ${expect}`];
}

/** A member's value as CloudStack has it: its address. Clients keep theirs over the take-over. */
const cookiesOf = ({ stickiness, members }: RuleRecord): string[] =>
  stickiness.method === 'LbCookie' ? members.map((member) => `${member.vm} cookie ${addressOf(member)}`).sort() : [];

const addressOf = ({ ip, port }: MemberRecord): string => `${ip.replaceAll('.', '_')}-${port}`;
