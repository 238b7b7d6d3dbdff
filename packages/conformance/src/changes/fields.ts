/**
 * The fields of a rule, and how each is changed alone: the values come from a seeded generator and have the boundaries.
 *
 * @module
 */
import type { LbCookie, MemberRecord, RuleKey, RuleRecord, Stickiness } from '@limpet/contract';
import type { Random } from '@limpet/data-plane';
import { clientProtocol, withoutUnusedOptions } from '../concretize/client-protocol.ts';
import { ipOfGroup } from '../concretize/concrete-rule.ts';
import { stickyPolicies } from '../concretize/rule-changes.ts';
import { certificates } from '../sut/certificates.ts';
import { NETWORKS } from './networks.ts';

/** Changes one field of a rule; undefined where this rule has no other value for it. */
export type FieldChange = (rule: RuleRecord, random: Random) => RuleRecord | undefined;

/** One of these that is another one than now. */
const other = <T>(values: readonly T[], now: T, random: Random): T => {
  const left = values.filter((value) => JSON.stringify(value) !== JSON.stringify(now));
  return left[Math.floor(random() * left.length)]!;
};

/** Public ports of the rules, with both boundaries. Each rule has VMs of its own. */
export const PORTS: readonly number[] = [8080, 65_535, 1];
/** Addresses and ports of the rules. */
export const KEYS: readonly RuleKey[] = PORTS.map((port) => ({ ip: ipOfGroup(0), port }));
/** VMs that a rule can have. */
const VMS = 5;

const membersOf = (port: number): MemberRecord[] => {
  const first = 10 * PORTS.indexOf(port) + 1;
  return Array.from({ length: VMS }, (_, at) => ({
    vm: `vm${first + at}`,
    ip: `10.1.2.${first + at}`,
    port: 8000,
    state: 'serving',
  }));
};

/** A rule with three members that says nothing more than it has to. @param port - one of `PORTS` */
export const plainRule = (ip: string, port: number): RuleRecord => ({
  ip,
  port,
  protocol: 'tcp',
  algorithm: 'roundrobin',
  cidrs: [],
  stickiness: { method: 'none' },
  members: membersOf(port).slice(0, 3),
});

/** Changes a member for which `isFit`, so that the others show that nothing else was changed. */
const changeMember =
  (
    isFit: (member: MemberRecord) => boolean,
    change: (member: MemberRecord, random: Random) => MemberRecord,
  ): FieldChange =>
  (rule, random) => {
    const fit = rule.members.filter(isFit);
    const chosen = fit[Math.floor(random() * fit.length)];
    if (chosen === undefined) return undefined;
    return { ...rule, members: rule.members.map((member) => (member === chosen ? change(member, random) : member)) };
  };

const serves = ({ state }: MemberRecord): boolean => state === 'serving';
/** At least one other member goes on to serve. */
const whereOthersServe =
  (change: FieldChange): FieldChange =>
  (rule, random) =>
    rule.members.filter(serves).length > 1 ? change(rule, random) : undefined;

const sourceBased = stickyPolicies[0]!;
/** The VMs of the tests begin sessions in a cookie of this name. */
const cookieName = 'session';
const lbCookie = (mode: LbCookie['mode'], more: Partial<LbCookie> = {}): Stickiness => ({
  ...{ method: 'LbCookie', cookieName, mode, nocache: false, indirect: false, postonly: false, domains: [] },
  ...more,
});
const cookies: readonly Stickiness[] = [
  ...stickyPolicies.filter(({ method }) => method !== 'SourceBased'),
  lbCookie('insert', { cookieName: 'SRV', domains: ['a.example', 'b.example'] }),
  lbCookie('prefix'),
  lbCookie('rewrite', { nocache: true }),
  { method: 'AppCookie', cookieName, length: 52, holdTimeSeconds: 60, requestLearn: true },
];

const limit =
  (isFit: (value: number, now: number) => boolean): FieldChange =>
  (rule, random) => {
    const now = rule.maxConnections ?? 4096;
    const left = [50, 51, 500, 4095, 4096].filter((value) => isFit(value, now));
    if (left.length === 0) return undefined;
    return { ...rule, maxConnections: left[Math.floor(random() * left.length)]! };
  };

const timeout =
  (name: 'connectMs' | 'clientMs' | 'serverMs'): FieldChange =>
  (rule, random) => ({
    ...rule,
    timeouts: { ...rule.timeouts, [name]: other([60_000, 70_000, 2_147_483_647], rule.timeouts?.[name] ?? 0, random) },
  });

const isTable = ({ method }: Stickiness): boolean => method === 'SourceBased';

type HttpCheck = Pick<NonNullable<RuleRecord['healthCheck']>, 'path' | 'host' | 'method' | 'expect'>;
const usualTimes = { timeoutMs: 1000, healthyThreshold: 2, unhealthyThreshold: 3, intervalMs: 5000 };
const requests: readonly HttpCheck[] = [
  { path: '/' },
  { path: '/health?a=1', host: 'app.example.org', method: 'HEAD' },
  { path: '/', expect: '200-399' },
];

/** Each field of a rule, changed alone. */
export const FIELDS = {
  'a member joins': (rule, random) => {
    const gone = membersOf(rule.port).filter(({ vm }) => rule.members.every((member) => member.vm !== vm));
    if (gone.length === 0) return undefined;
    const joins = gone[Math.floor(random() * gone.length)]!;
    const weight = other([1, 2, 256], 0, random);
    return { ...rule, members: [...rule.members, weight === 1 ? joins : { ...joins, weight }] };
  },
  'a member leaves': whereOthersServe((rule, random) => {
    const serving = rule.members.filter(serves);
    const leaves = serving[Math.floor(random() * serving.length)];
    return { ...rule, members: rule.members.filter((member) => member !== leaves) };
  }),
  'all members leave': (rule) => (rule.members.length === 0 ? undefined : { ...rule, members: [] }),
  'the weight of a member': changeMember(serves, ({ weight = 1, ...member }, random) => {
    const now = other([1, 3, 255, 256], weight, random);
    return now === 1 ? member : { ...member, weight: now };
  }),
  'the port of a member': changeMember(serves, (member, random) => ({
    ...member,
    port: other([1, 8000, 65_535], member.port, random),
  })),
  'the address of a member': changeMember(serves, (member, random) => {
    const low = Number(member.vm.slice(2));
    return { ...member, ip: other([`10.1.2.${low}`, `10.1.2.${low + 100}`, `10.1.2.${low + 200}`], member.ip, random) };
  }),
  'a member into maintenance': whereOthersServe(
    changeMember(serves, (member) => ({ ...member, state: 'maintenance' })),
  ),
  'a member back from maintenance': changeMember(
    ({ state }) => state === 'maintenance',
    (member) => ({ ...member, state: 'serving' }),
  ),
  'a member begins to drain': whereOthersServe(changeMember(serves, (member) => ({ ...member, state: 'draining' }))),
  'a member drains no more': changeMember(
    ({ state }) => state === 'draining',
    (member) => ({ ...member, state: 'serving' }),
  ),
  networks: (rule, random) => ({
    ...rule,
    cidrs: [...other(NETWORKS, rule.cidrs, random)],
  }),
  'stickiness begins': ({ stickiness, ...rule }) =>
    stickiness.method === 'none' ? { ...rule, stickiness: sourceBased } : undefined,
  'stickiness ends': ({ stickiness, ...rule }) =>
    isTable(stickiness) ? { ...rule, stickiness: { method: 'none' } } : undefined,
  'stickiness by cookie ends': ({ stickiness, ...rule }) =>
    isTable(stickiness) || stickiness.method === 'none'
      ? undefined
      : withoutUnusedOptions({ ...rule, stickiness: { method: 'none' } }),
  'the parameters of the stick table': (rule, random) =>
    isTable(rule.stickiness)
      ? { ...rule, stickiness: other(stickyPolicies.filter(isTable), rule.stickiness, random) }
      : undefined,
  'stickiness by cookie': (rule, random) => ({ ...rule, stickiness: other(cookies, rule.stickiness, random) }),
  'fewer connections': limit((value, now) => value < now),
  'more connections': limit((value, now) => value > now),
  protocol: ({ certificate, ...rule }) =>
    withoutUnusedOptions({ ...rule, protocol: rule.protocol === 'tcp' ? 'http' : 'tcp' }),
  TLS: (rule, random) =>
    rule.protocol === 'ssl'
      ? undefined
      : withoutUnusedOptions({ ...rule, protocol: 'ssl', certificate: other(certificates, '', random) }),
  'the certificate': (rule, random) =>
    rule.protocol === 'ssl' ? { ...rule, certificate: other(certificates, rule.certificate ?? '', random) } : undefined,
  algorithm: (rule, random) => ({
    ...rule,
    algorithm: other(['roundrobin', 'leastconn', 'source'] as const, rule.algorithm, random),
  }),
  'the time-out of the connection': timeout('connectMs'),
  'the time-out of the client': timeout('clientMs'),
  'the time-out of the member': timeout('serverMs'),
  'keep-alive': ({ keepAlive, ...rule }) => {
    if (clientProtocol(rule) === 'tcp') return undefined;
    return keepAlive === false ? rule : { ...rule, keepAlive: false };
  },
  forwarded: ({ forwarded, ...rule }) => {
    if (clientProtocol(rule) === 'tcp') return undefined;
    return forwarded ? rule : { ...rule, forwarded: true };
  },
  'HTTP/2': (rule, random) =>
    rule.protocol === 'ssl'
      ? { ...rule, tls: { ...rule.tls, http2: other([true, false], rule.tls?.http2 ?? true, random) } }
      : undefined,
  'the health check': ({ healthCheck, ...rule }, random) => ({
    ...rule,
    healthCheck: {
      timeoutMs: 1000,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      intervalMs: other([1000, 5000, 600_000], healthCheck?.intervalMs ?? 0, random),
    },
  }),
  'the check by HTTP': ({ healthCheck, ...rule }, random) => {
    const { path, host, method, expect, ...times } = { ...usualTimes, ...healthCheck };
    return { ...rule, healthCheck: { ...times, ...other(requests, { path, host, method, expect }, random) } };
  },
} as const satisfies Readonly<Record<string, FieldChange>>;

/** After which change another one is possible, where it is not always. */
export const PREPARED_BY: Readonly<Partial<Record<FieldName, FieldName>>> = {
  'a member joins': 'a member leaves',
  'a member leaves': 'a member joins',
  'a member into maintenance': 'a member joins',
  'a member back from maintenance': 'a member into maintenance',
  'a member begins to drain': 'a member joins',
  'a member drains no more': 'a member begins to drain',
  'stickiness begins': 'stickiness by cookie ends',
  'stickiness ends': 'stickiness begins',
  'stickiness by cookie ends': 'stickiness by cookie',
  'the parameters of the stick table': 'stickiness begins',
  'fewer connections': 'more connections',
  'more connections': 'fewer connections',
  TLS: 'protocol',
  'the certificate': 'TLS',
  'HTTP/2': 'TLS',
  forwarded: 'protocol',
};

/** A field of a rule, in words. */
export type FieldName = keyof typeof FIELDS;
/** All fields. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];
/** The change of a field. */
export const changeOf = (field: FieldName): FieldChange => FIELDS[field];
