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
import { parseSize, parseTime, renderSize, renderTime } from './units.ts';

/** What a number of the contract has to be. */
type Range = z.ZodInt | z.ZodNumber;

/** A time with a unit, as a number of `unitMs` within the contract's bounds. */
const time = (bounds: Range, unitMs: number) =>
  z
    .string({ error: 'expected a time with its unit, such as 500ms, 30s, 30m or 3h' })
    .regex(/^\d{1,12}(ms|s|m|h|d)$/, 'expected a time with its unit, such as 500ms, 30s, 30m or 3h')
    .transform((text, context): number => {
      const value = (parseTime(text) ?? Number.NaN) / unitMs;
      if (bounds.safeParse(value).success) return value;
      const least = renderTime((bounds.minValue ?? 0) * unitMs);
      const most = renderTime((bounds.maxValue ?? 0) * unitMs);
      context.addIssue({ code: 'custom', message: `expected a time from ${least} to ${most}, got ${text}` });
      return z.NEVER;
    });

const SIZE = 'expected a number of entries, such as 1000 or 200k (k, m and g in small letters)';

const size = (bounds: Range) =>
  z
    .union([bounds, z.string().regex(/^\d{1,12}[kmg]$/, SIZE)], {
      error: SIZE,
    })
    .transform((written, context): number => {
      const value = typeof written === 'number' ? written : (parseSize(written) ?? Number.NaN);
      if (bounds.safeParse(value).success) return value;
      const message = `expected ${bounds.minValue} to ${renderSize(bounds.maxValue ?? 0)} entries, got ${written}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    });

const seconds = (bounds: Range) => time(bounds, 1000);
const milliseconds = (bounds: Range) => time(bounds, 1);

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

const healthCheck = z
  .strictObject({
    path: healthCheckSchema.shape.path.describe('Asked by HTTP; without it a connection is enough.'),
    interval: milliseconds(healthCheckSchema.shape.intervalMs).prefault('5s'),
    timeout: milliseconds(healthCheckSchema.shape.timeoutMs).prefault('2s'),
    healthyThreshold: healthCheckSchema.shape.healthyThreshold.default(2),
    unhealthyThreshold: healthCheckSchema.shape.unhealthyThreshold.default(3),
  })
  .transform(({ path, interval, timeout, healthyThreshold, unhealthyThreshold }) => ({
    ...(path !== undefined && { path }),
    intervalMs: interval,
    timeoutMs: timeout,
    healthyThreshold,
    unhealthyThreshold,
  }));

const { ip, port, protocol, algorithm, certificate, maxConnections, keepAlive } = ruleRecordSchema.shape;

const member = z.strictObject({
  ...memberRecordSchema.shape,
  vm: memberRecordSchema.shape.vm.describe("The VM's identity, the same for as long as it lives."),
  state: memberRecordSchema.shape.state.default('serving'),
});

const rule = z.strictObject({
  ip: ip.describe('Public IPv4 address, one of the router.'),
  port: port.describe('Public port.'),
  protocol: protocol.default('tcp'),
  algorithm: algorithm.default('roundrobin'),
  cidrs: z.array(z.cidrv4()).max(256).default([]).describe('Networks that may connect; none: everybody.'),
  stickiness: z
    .discriminatedUnion('method', [noStickinessSchema, sourceBased, lbCookie, appCookie])
    .default({ method: 'none' }),
  certificate: certificate.describe('File on the router with chain and key, as PEM; for protocol ssl.'),
  timeouts: timeouts.optional(),
  maxConnections,
  keepAlive,
  healthCheck: healthCheck.optional(),
  members: z.array(member).max(10_000).default([]),
});

/** Strict: an unknown key is an error. What it gives are the records that a router takes. */
export const rulesFileSchema = z.strictObject({
  rules: z.array(rule).describe('Every rule of the router: one that is not here goes.'),
}) satisfies z.ZodType<{ rules: RuleRecord[] }>;

/** The JSON Schema of a rules file, for editors. */
export function rulesJsonSchema(): unknown {
  return z.toJSONSchema(rulesFileSchema, { io: 'input' });
}
