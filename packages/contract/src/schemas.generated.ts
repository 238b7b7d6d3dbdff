// DO NOT EDIT - maintained by tools/codegen
// To change the schemas, edit packages/model/src/statecharts and run: npx limpet generate

import { z } from 'zod';
import type { Command, PutRule, RemoveRule, ReportRules, SyncRules } from './commands.generated.ts';
import type {
  Algorithm,
  AppCookie,
  CheckMethod,
  CommandResult,
  Condition,
  CookieMode,
  DefaultTimeouts,
  HaproxySettings,
  HealthCheck,
  LbCookie,
  LogTarget,
  MemberRecord,
  MemberState,
  NoStickiness,
  PairRouter,
  Protocol,
  RedundantPair,
  RuleKey,
  RuleRecord,
  RuleStatus,
  Snapshot,
  SourceBased,
  StatisticsPage,
  Stickiness,
  Timeouts,
  TlsOptions,
  VersionedKey,
  VersionedRule,
} from './records.generated.ts';
import { uniqueBy } from './unique-by.ts';

/** Schema of {@link RuleKey}. */
export const ruleKeySchema = z.strictObject({
  ip: z.ipv4(),
  port: z.int().min(1).max(65535),
}) satisfies z.ZodType<RuleKey>;

/** Schema of {@link Algorithm}. */
export const algorithmSchema = z.enum(['roundrobin', 'leastconn', 'source']) satisfies z.ZodType<Algorithm>;

/** Schema of {@link Protocol}. */
export const protocolSchema = z.enum(['tcp', 'http', 'tcp-proxy', 'ssl']) satisfies z.ZodType<Protocol>;

/** Schema of {@link NoStickiness}. */
export const noStickinessSchema = z.strictObject({
  method: z.literal('none'),
}) satisfies z.ZodType<NoStickiness>;

/** Schema of {@link SourceBased}. */
export const sourceBasedSchema = z.strictObject({
  method: z.literal('SourceBased'),
  tableSize: z.int().min(1).max(10000000),
  expireSeconds: z.int().min(1).max(2147483),
}) satisfies z.ZodType<SourceBased>;

/** Schema of {@link CookieMode}. */
export const cookieModeSchema = z.enum(['insert', 'rewrite', 'prefix']) satisfies z.ZodType<CookieMode>;

/** Schema of {@link LbCookie}. */
export const lbCookieSchema = z.strictObject({
  method: z.literal('LbCookie'),
  cookieName: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  mode: cookieModeSchema,
  nocache: z.boolean(),
  indirect: z.boolean(),
  postonly: z.boolean(),
  domains: z.array(z.string().regex(/^[A-Za-z0-9.-]{1,253}$/)).max(16),
}) satisfies z.ZodType<LbCookie>;

/** Schema of {@link AppCookie}. */
export const appCookieSchema = z.strictObject({
  method: z.literal('AppCookie'),
  cookieName: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  length: z.int().min(1).max(1024),
  holdTimeSeconds: z.int().min(1).max(2147483),
  requestLearn: z.boolean(),
}) satisfies z.ZodType<AppCookie>;

/** Schema of {@link Stickiness}. */
export const stickinessSchema = z.discriminatedUnion('method', [noStickinessSchema, sourceBasedSchema, lbCookieSchema, appCookieSchema]) satisfies z.ZodType<Stickiness>;

/** Schema of {@link MemberState}. */
export const memberStateSchema = z.enum(['serving', 'draining', 'maintenance']) satisfies z.ZodType<MemberState>;

/** Schema of {@link CheckMethod}. */
export const checkMethodSchema = z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']) satisfies z.ZodType<CheckMethod>;

/** Schema of {@link HealthCheck}. */
export const healthCheckSchema = z.strictObject({
  path: z.string().regex(/^\/[A-Za-z0-9._~\/?=&%-]{0,255}$/).optional(),
  method: checkMethodSchema.optional(),
  host: z.string().regex(/^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$/).optional(),
  expect: z.string().regex(/^[1-5][0-9]{2}(-[1-5][0-9]{2})?(,[1-5][0-9]{2}(-[1-5][0-9]{2})?){0,15}$/).optional(),
  port: z.int().min(1).max(65535).optional(),
  tls: z.boolean().optional(),
  intervalMs: z.int().min(100).max(3600000),
  timeoutMs: z.int().min(100).max(3600000),
  healthyThreshold: z.int().min(1).max(100),
  unhealthyThreshold: z.int().min(1).max(100),
}) satisfies z.ZodType<HealthCheck>;

/** Schema of {@link Timeouts}. */
export const timeoutsSchema = z.strictObject({
  connectMs: z.int().min(1).max(2147483647).optional(),
  clientMs: z.int().min(1).max(2147483647).optional(),
  serverMs: z.int().min(1).max(2147483647).optional(),
}) satisfies z.ZodType<Timeouts>;

/** Schema of {@link TlsOptions}. */
export const tlsOptionsSchema = z.strictObject({
  minVersion: z.enum(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).optional(),
  ciphers: z.string().regex(/^[A-Za-z0-9_:+!@=.-]{1,2048}$/).optional(),
  ciphersuites: z.string().regex(/^[A-Za-z0-9_:+!@=.-]{1,2048}$/).optional(),
  tickets: z.boolean().optional(),
  http2: z.boolean().optional(),
}) satisfies z.ZodType<TlsOptions>;

/** Schema of {@link MemberRecord}. */
export const memberRecordSchema = z.strictObject({
  vm: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  ip: z.ipv4(),
  port: z.int().min(1).max(65535),
  state: memberStateSchema,
  weight: z.int().min(1).max(256).optional(),
}) satisfies z.ZodType<MemberRecord>;

/** Schema of {@link RuleRecord}. */
export const ruleRecordSchema = z.strictObject({
  ip: z.ipv4(),
  port: z.int().min(1).max(65535),
  protocol: protocolSchema,
  algorithm: algorithmSchema,
  cidrs: z.array(z.cidrv4()).max(512),
  stickiness: stickinessSchema,
  certificate: z.string().regex(/^\/[A-Za-z0-9_.\/-]{1,255}$/).optional(),
  tls: tlsOptionsSchema.optional(),
  timeouts: timeoutsSchema.optional(),
  maxConnections: z.int().min(1).max(1000000).optional(),
  keepAlive: z.boolean().optional(),
  forwarded: z.boolean().optional(),
  healthCheck: healthCheckSchema.optional(),
  members: z.array(memberRecordSchema).max(10000).check(uniqueBy('vm')),
}) satisfies z.ZodType<RuleRecord>;

/** Schema of {@link StatisticsPage}. */
export const statisticsPageSchema = z.strictObject({
  ip: z.ipv4(),
  port: z.int().min(1).max(65535),
  cidrs: z.array(z.cidrv4()).max(512),
  uri: z.string().regex(/^\/[A-Za-z0-9._~\/?=&%-]{0,255}$/),
  user: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  password: z.string().regex(/^[!-~]{1,128}$/),
}) satisfies z.ZodType<StatisticsPage>;

/** Schema of {@link LogTarget}. */
export const logTargetSchema = z.strictObject({
  ip: z.ipv4(),
  port: z.int().min(1).max(65535),
  facility: z.string().regex(/^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|auth2|ftp|ntp|audit|alert|cron2|local[0-7])$/),
  level: z.enum(['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']),
}) satisfies z.ZodType<LogTarget>;

/** Schema of {@link DefaultTimeouts}. */
export const defaultTimeoutsSchema = z.strictObject({
  connectMs: z.int().min(0).max(2147483647),
  clientMs: z.int().min(0).max(2147483647),
  serverMs: z.int().min(0).max(2147483647),
}) satisfies z.ZodType<DefaultTimeouts>;

/** Schema of {@link PairRouter}. */
export const pairRouterSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  ip: z.ipv4(),
}) satisfies z.ZodType<PairRouter>;

/** Schema of {@link RedundantPair}. */
export const redundantPairSchema = z.strictObject({
  self: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
  peers: z.array(pairRouterSchema).max(2).check(uniqueBy('name')),
}) satisfies z.ZodType<RedundantPair>;

/** Schema of {@link HaproxySettings}. */
export const haproxySettingsSchema = z.strictObject({
  maxConnections: z.int().min(1).max(1000000),
  maxPipes: z.int().min(0).max(1000000).optional(),
  timeouts: defaultTimeoutsSchema,
  user: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/).optional(),
  group: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/).optional(),
  chroot: z.string().regex(/^\/[A-Za-z0-9_.\/-]{1,255}$/).optional(),
  log: logTargetSchema.optional(),
  statistics: z.array(statisticsPageSchema).max(16).check(uniqueBy('ip', 'port')),
  tls: tlsOptionsSchema,
  dhParamBits: z.int().min(1024).max(16384).optional(),
  peersPort: z.int().min(1).max(65535),
  pair: redundantPairSchema.optional(),
}) satisfies z.ZodType<HaproxySettings>;

/** Schema of {@link VersionedRule}. */
export const versionedRuleSchema = z.strictObject({
  rule: ruleRecordSchema,
  generation: z.int().min(1).max(9007199254740991),
}) satisfies z.ZodType<VersionedRule>;

/** Schema of {@link VersionedKey}. */
export const versionedKeySchema = z.strictObject({
  key: ruleKeySchema,
  generation: z.int().min(1).max(9007199254740991),
}) satisfies z.ZodType<VersionedKey>;

/** Schema of {@link Snapshot}. */
export const snapshotSchema = z.strictObject({
  rules: z.array(versionedRuleSchema).check(uniqueBy('rule.ip', 'rule.port')),
  revision: z.int().min(0).max(9007199254740991),
}) satisfies z.ZodType<Snapshot>;

/** Schema of {@link Condition}. */
export const conditionSchema = z.strictObject({
  type: z.enum(['Accepted', 'Programmed', 'InForce']),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/),
  message: z.string(),
  warnings: z.array(z.string()).optional(),
  observedGeneration: z.int().min(0).max(9007199254740991),
  lastTransitionTime: z.string(),
}) satisfies z.ZodType<Condition>;

/** Schema of {@link RuleStatus}. */
export const ruleStatusSchema = z.strictObject({
  key: ruleKeySchema,
  generation: z.int().min(0).max(9007199254740991),
  observedGeneration: z.int().min(0).max(9007199254740991),
  conditions: z.array(conditionSchema),
}) satisfies z.ZodType<RuleStatus>;

/** Schema of {@link CommandResult}. */
export const commandResultSchema = z.strictObject({
  outcome: z.enum(['applied', 'refused', 'superseded']),
  rules: z.array(ruleStatusSchema),
}) satisfies z.ZodType<CommandResult>;

/** Schema of {@link PutRule}. */
export const putRuleSchema = z.strictObject({
  type: z.literal('putRule'),
  rule: ruleRecordSchema,
  generation: z.int().min(1).max(9007199254740991),
}) satisfies z.ZodType<PutRule>;

/** Schema of {@link RemoveRule}. */
export const removeRuleSchema = z.strictObject({
  type: z.literal('removeRule'),
  key: ruleKeySchema,
  generation: z.int().min(1).max(9007199254740991),
}) satisfies z.ZodType<RemoveRule>;

/** Schema of {@link SyncRules}. */
export const syncRulesSchema = z.strictObject({
  type: z.literal('syncRules'),
  snapshot: snapshotSchema,
}) satisfies z.ZodType<SyncRules>;

/** Schema of {@link ReportRules}. */
export const reportRulesSchema = z.strictObject({
  type: z.literal('reportRules'),
}) satisfies z.ZodType<ReportRules>;

/** Schema of {@link Command}. */
export const commandSchema = z.discriminatedUnion('type', [putRuleSchema, removeRuleSchema, syncRulesSchema, reportRulesSchema]) satisfies z.ZodType<Command>;
