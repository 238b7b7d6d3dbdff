/**
 * Concrete data for the abstract changes of a rule: which policy a change of the stickiness leads to, and what else changes.
 *
 * @module
 */
import type { MemberRecord, RuleRecord, Stickiness } from '@limpet/contract';
import { certificates } from '../sut/certificates.ts';

const source = (tableSize: number, expireSeconds: number): Stickiness => ({
  method: 'SourceBased',
  tableSize,
  expireSeconds,
});

/** CloudStack's default, and the boundaries of the parameters. A table of one entry has no room for the client of a second check. */
export const stickyPolicies: readonly Stickiness[] = [
  source(204_800, 1800),
  source(10_000_000, 60),
  source(100, 2_147_483),
  source(204_800, 60),
  {
    method: 'LbCookie',
    cookieName: 'SRV',
    mode: 'insert',
    nocache: true,
    indirect: true,
    postonly: false,
    domains: [],
  },
  { method: 'AppCookie', cookieName: 'JSESSIONID', length: 52, holdTimeSeconds: 10_800, requestLearn: false },
];

/** The half of the lab's client network that the clients of the tests are in. */
export const clientNetwork = '198.18.0.0/16';

/** Changes one attribute of a rule, other than the kind of its stickiness. */
export type Change = (rule: RuleRecord) => RuleRecord;

const next = <T>(values: readonly T[], isNow: (value: T) => boolean): T =>
  values[(values.findIndex(isNow) + 1) % values.length]!;

const sameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Switches between TCP and HTTP, without TLS. */
export const changeProtocol: Change = ({ certificate, ...rule }) => ({
  ...rule,
  protocol: rule.protocol === 'tcp' ? 'http' : 'tcp',
});

/** TLS with this certificate. Without `keepAlive`, since routers differ in it for TLS. */
export const withCertificate = ({ keepAlive, ...rule }: RuleRecord, certificate: string): RuleRecord => ({
  ...rule,
  protocol: 'ssl',
  certificate,
});

/** With one certificate, and then with the other. */
const changeCertificate: Change = (rule) =>
  withCertificate(
    rule,
    next(certificates, (path) => path === rule.certificate),
  );

/** Needs a reload, so that HAProxy can refuse it. */
export const changeAlgorithm: Change = (rule) => ({
  ...rule,
  algorithm: next(['roundrobin', 'leastconn', 'source'] as const, (one) => one === rule.algorithm),
});

const changeCidrs: Change = (rule) => ({
  ...rule,
  cidrs: next([[], [clientNetwork], ['198.18.0.0/15', '10.0.0.0/8'], [clientNetwork, '192.0.2.7/32']], (one) =>
    sameJson(one, rule.cidrs),
  ),
});

const changeParameters: Change = (rule) =>
  rule.stickiness.method === 'none' ? changeAlgorithm(rule) : { ...rule, stickiness: otherPolicy(rule.stickiness) };

const otherPolicy = (policy: Stickiness): Stickiness => next(stickyPolicies, (one) => sameJson(one, policy));

const changeFirst = (rule: RuleRecord, change: (member: MemberRecord) => MemberRecord): RuleRecord => ({
  ...rule,
  members: rule.members.map((member, at) => (at === 0 ? change(member) : member)),
});

const changeWeight: Change = (rule) =>
  changeFirst(rule, ({ weight, ...member }) => {
    const now = next([1, 3, 256], (one) => one === (weight ?? 1));
    return now === 1 ? member : { ...member, weight: now };
  });

const changeMaintenance: Change = (rule) =>
  changeFirst(rule, (member) => {
    if (member.state === 'draining') return member;
    return { ...member, state: member.state === 'serving' ? 'maintenance' : 'serving' };
  });

/** Sets timeouts and a health check, then connections and keep-alive, then none of them. */
const changeLimits: Change = ({ timeouts, maxConnections, keepAlive, healthCheck, ...rule }) => {
  const check = { timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 3 };
  if (timeouts === undefined)
    return {
      ...rule,
      timeouts: { connectMs: 900, clientMs: 70_000, serverMs: 80_000 },
      healthCheck: { ...check, intervalMs: 5000 },
    };
  return maxConnections === undefined
    ? { ...rule, timeouts: { clientMs: 90_000 }, maxConnections: 500, keepAlive: false }
    : rule;
};

/** What the model's `a user changes the protocol` stands for: any attribute of a rule but the kind of its stickiness. */
export const changes: readonly Change[] = [
  changeProtocol,
  changeCidrs,
  changeWeight,
  changeAlgorithm,
  changeParameters,
  changeLimits,
  changeMaintenance,
  changeCertificate,
  changeCertificate,
];
