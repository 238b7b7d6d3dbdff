import { ruleKeySchema, ruleStatusSchema } from '@limpet/contract';
import { fileRuleSchema, rulesFileSchema } from '@limpet/operations';
import { z } from 'zod';
import { addressSchema } from '../address.ts';

/** The rule in a path. */
export const ruleParams = z.object({
  address: addressSchema('expected an IPv4 address and a port, such as 203.0.113.10:80').describe(
    'Address and port of the rule, such as 203.0.113.10:80.',
  ),
});

const generation = z.int().min(0).describe('Grows with each change of the rule; unique on the router.');

/** A rule in an answer. Its form is that of a rules file. */
const fileRuleOut = z.looseObject({ ip: z.string(), port: z.int() }).describe('The rule, as a rules file has it.');

/** A rule, its generation, and how it is. */
export const ruleStateSchema = z.object({ generation, rule: fileRuleOut, status: ruleStatusSchema });

/** All rules of the router. */
export const ruleListSchema = z.object({
  revision: z.int().describe('The highest generation that was ever used; the ETag of the whole set.'),
  rules: z.array(ruleStateSchema),
});

/** The body of a PUT of one rule: as in a rules file; address and port stand in the path. */
export const ruleBodySchema = fileRuleSchema.extend({
  ip: fileRuleSchema.shape.ip.optional(),
  port: fileRuleSchema.shape.port.optional(),
});

/** All that is desired of the router: the content of a rules file, as JSON. */
export const desiredSchema = rulesFileSchema.extend({
  unreadable: z
    .array(z.strictObject({ key: ruleKeySchema, message: z.string() }))
    .default([])
    .describe('Rules that are refused because they cannot be read: what is in force for them stays.'),
  databag: z.string().optional().describe('Name of the databag that this was read from, if it was.'),
  notCarriedOut: z.array(z.string()).default([]).describe('Lines of the file that are not carried out; for answers.'),
});

/** What became of a desired state. */
export const appliedSchema = z.object({
  changes: z.boolean().describe('Whether there was anything to change.'),
  inForce: z.boolean().describe('Whether every rule is in force.'),
  rules: z.array(ruleStatusSchema),
  notCarriedOut: z.array(z.string()).readonly(),
});

const count = z.int().min(0);
const countersSchema = z.object({
  key: ruleKeySchema,
  connections: count,
  sessions: count,
  requests: count,
  bytesIn: count,
  bytesOut: count,
});

const names = z.array(z.string()).readonly();
const membersSchema = z.object({
  key: ruleKeySchema,
  up: names,
  unchecked: names.describe('Those of `up` that HAProxy has not checked yet.'),
  down: z.array(z.object({ vm: z.string(), answer: z.string().optional() })).readonly(),
  draining: names,
  maintenance: names,
});

/** How the router is: what `limpet status -o json` prints. */
export const reportSchema = z.object({
  haproxyRuns: z.boolean(),
  inForce: z.boolean(),
  rules: z.array(ruleStatusSchema).readonly(),
  counters: z.array(countersSchema).readonly(),
  members: z.array(membersSchema).readonly(),
});

/** What an apply would change: what `limpet plan -o json` prints. */
export const planSchema = z.looseObject({
  changes: z.boolean(),
  also: z.array(z.string()),
  notCarriedOut: z.array(z.string()),
  refusals: z.array(z.object({ rule: z.string(), reason: z.string(), message: z.string() })),
});

/** A problem, as RFC 9457 has it. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('Stable.'),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  rule: ruleStatusSchema.optional(),
});
