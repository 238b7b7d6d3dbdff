/**
 * The rules file: what an operator writes. Stickiness parameters have the names of CloudStack's API
 * (`createLBStickinessPolicy`); times carry a unit.
 *
 * @module
 */
import {
  appCookieSchema,
  healthCheckSchema,
  lbCookieSchema,
  memberRecordSchema,
  noStickinessSchema,
  type RuleRecord,
  ruleRecordSchema,
  sourceBasedSchema,
  timeoutsSchema,
} from '@limpet/contract';
import { z } from 'zod';
import { type SettingsPatch, settingsSchema } from './settings-schema.ts';
import { milliseconds, seconds, size } from './written-units.ts';

const sourceBased = z
  .strictObject({
    method: sourceBasedSchema.shape.method,
    tablesize: size(sourceBasedSchema.shape.tableSize).prefault('200k').describe('Entries of the stick table.'),
    expire: seconds(sourceBasedSchema.shape.expireSeconds)
      .prefault('30m')
      .describe('How long a client that sends nothing is remembered.'),
  })
  .transform(({ method, tablesize, expire }) => ({ method, tableSize: tablesize, expireSeconds: expire }));

const lbCookie = z
  .strictObject({
    method: lbCookieSchema.shape.method,
    'cookie-name': lbCookieSchema.shape.cookieName,
    mode: lbCookieSchema.shape.mode.default('insert'),
    nocache: z.boolean().default(false).describe('Responses that carry the cookie are marked as not for caches.'),
    indirect: z.boolean().default(false).describe('Members do not see the cookie.'),
    postonly: z.boolean().default(false).describe('The cookie is added to responses to POST requests only.'),
    domain: lbCookieSchema.shape.domains.default([]).describe('Domains that the cookie is for.'),
  })
  .transform(({ 'cookie-name': cookieName, domain, method, ...rest }) => ({
    method,
    cookieName,
    ...rest,
    domains: domain,
  }));

const appCookie = z
  .strictObject({
    method: appCookieSchema.shape.method,
    'cookie-name': appCookieSchema.shape.cookieName,
    length: appCookieSchema.shape.length.default(52).describe("Characters of the cookie's value that count."),
    holdtime: seconds(appCookieSchema.shape.holdTimeSeconds)
      .prefault('3h')
      .describe('How long a value that is not seen is remembered.'),
    'request-learn': z.boolean().default(false).describe('A value that no member has set counts, too.'),
  })
  .transform(({ 'cookie-name': cookieName, holdtime, 'request-learn': requestLearn, method, length }) => ({
    method,
    cookieName,
    length,
    holdTimeSeconds: holdtime,
    requestLearn,
  }));

const timeouts = z
  .strictObject({
    connect: milliseconds(timeoutsSchema.shape.connectMs.unwrap()).optional(),
    client: milliseconds(timeoutsSchema.shape.clientMs.unwrap()).optional(),
    server: milliseconds(timeoutsSchema.shape.serverMs.unwrap()).optional(),
  })
  .transform(({ connect, client, server }) => ({
    ...(connect !== undefined && { connectMs: connect }),
    ...(client !== undefined && { clientMs: client }),
    ...(server !== undefined && { serverMs: server }),
  }));

/** Without the options that are not there. */
const given = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

const healthCheck = z
  .strictObject({
    path: healthCheckSchema.shape.path.describe('Asked by HTTP; without it a connection is enough.'),
    method: healthCheckSchema.shape.method.describe('What it asks with, by HTTP; GET without it.'),
    host: healthCheckSchema.shape.host.describe("Host header; without it, the rule's own address."),
    expect: z
      .union([z.int().transform(String), z.string()])
      .pipe(healthCheckSchema.shape.expect.unwrap())
      .optional()
      .describe('Statuses that are healthy, such as 200 or 200-399; without it, 2xx and 3xx.'),
    port: healthCheckSchema.shape.port.describe('Port of the member that is checked.'),
    tls: healthCheckSchema.shape.tls.describe('Whether the check speaks TLS, with any certificate.'),
    interval: milliseconds(healthCheckSchema.shape.intervalMs).prefault('5s'),
    timeout: milliseconds(healthCheckSchema.shape.timeoutMs).prefault('2s'),
    healthyThreshold: healthCheckSchema.shape.healthyThreshold.default(2),
    unhealthyThreshold: healthCheckSchema.shape.unhealthyThreshold.default(3),
  })
  .transform(({ interval, timeout, healthyThreshold, unhealthyThreshold, ...options }) => ({
    ...given(options),
    intervalMs: interval,
    timeoutMs: timeout,
    healthyThreshold,
    unhealthyThreshold,
  }));

const { ip, port, protocol, algorithm, cidrs, certificate, tls, maxConnections, keepAlive, forwarded } =
  ruleRecordSchema.shape;

const member = z.strictObject({
  ...memberRecordSchema.shape,
  vm: memberRecordSchema.shape.vm.describe("The VM's identity, the same for as long as it lives."),
  state: memberRecordSchema.shape.state.default('serving'),
});

/** A rule of a rules file. */
export const fileRuleSchema = z.strictObject({
  ip: ip.describe('Public IPv4 address, one of the router.'),
  port: port.describe('Public port.'),
  protocol: protocol.default('tcp'),
  algorithm: algorithm.default('roundrobin'),
  cidrs: cidrs.default([]).describe('Networks that may connect; none: everybody.'),
  stickiness: z
    .discriminatedUnion('method', [noStickinessSchema, sourceBased, lbCookie, appCookie])
    .default({ method: 'none' }),
  certificate: certificate.describe('File on the router with chain and key, as PEM; for protocol ssl.'),
  tls: tls.describe('What TLS clients may use; for protocol ssl. What is missing is the setting of the router.'),
  timeouts: timeouts.optional(),
  maxConnections,
  keepAlive: keepAlive.describe('Whether an HTTP connection may carry several requests; it may, without this.'),
  forwarded: forwarded.describe(
    'Whether members get the header Forwarded (RFC 7239) beside X-Forwarded-For; for HTTP.',
  ),
  healthCheck: healthCheck.optional(),
  members: z.array(member).max(10_000).default([]),
});

/** Strict: an unknown key is an error. What it gives are the records that a router takes. */
export const rulesFileSchema = z.strictObject({
  settings: settingsSchema.optional(),
  rules: z.array(fileRuleSchema).describe('Every rule of the router: one that is not here goes.'),
}) satisfies z.ZodType<{ settings?: SettingsPatch | undefined; rules: RuleRecord[] }>;

/** The JSON Schema of a rules file, for editors. */
export function rulesJsonSchema(): unknown {
  return z.toJSONSchema(rulesFileSchema, { io: 'input' });
}
