/**
 * A rule as the inspector shows it. It crosses from the agent to the page, which parses it; so it imports nothing that a
 * browser does not have.
 *
 * @module
 */
import * as z from 'zod';

const count = z.number().nonnegative();

/** A field of a rule, by its path: what is desired, and what HAProxy was given; undefined where it is not set. */
const fieldSchema = z.object({
  field: z.string(),
  desired: z.string().optional(),
  live: z.string().optional(),
  differs: z.boolean(),
});

/** A member: what is desired of its server, and what HAProxy's worker has, in words. */
const serverSchema = z.object({
  vm: z.string(),
  desired: z.string().optional(),
  live: z.string().optional(),
  differs: z.boolean(),
  /** As `show stat` has it: `UP`, `DOWN`, `MAINT`. */
  status: z.string().optional(),
  /** Connections now, and since the worker began. */
  connections: count.optional(),
  total: count.optional(),
});

const tableSchema = z.object({
  type: z.string(),
  size: count,
  used: count,
  /** Some of them, or none when there are very many. */
  entries: z.array(z.object({ key: z.string(), vm: z.string().optional(), use: count, expireMs: z.number() })),
});

const planSchema = z.object({
  /** `create`, `update`, `delete` or `none`. */
  action: z.string(),
  steps: z.array(z.string()),
  /** Why it needs a reload; null when it needs none. */
  reload: z.string().nullable(),
  disturbs: z.array(z.string()),
  /** Repairs of what other programs have changed, and other work. */
  also: z.array(z.string()),
});

const fileSchema = z.object({
  name: z.string(),
  /** Whether the file on the host is another one. */
  differs: z.boolean(),
  /** Its lines, each with the rule that it is there for; undefined: for all rules. */
  parts: z.array(z.object({ rule: z.string().optional(), first: z.int(), lines: z.array(z.string()) })),
});

/** A rule: desired and live, how they differ, the plan, conditions, servers, sticky clients, configuration. */
export const ruleViewSchema = z.object({
  /** Its id, `ip:port`. */
  rule: z.string(),
  /** The version that is desired, and the one that HAProxy was given; undefined: there is none. */
  desired: z.int().optional(),
  live: z.int().optional(),
  fields: z.array(fieldSchema),
  conditions: z.array(
    z.object({
      type: z.string(),
      status: z.string(),
      reason: z.string(),
      message: z.string(),
      observedGeneration: z.int(),
      lastTransitionTime: z.string(),
    }),
  ),
  servers: z.array(serverSchema),
  /** Undefined: the rule has no stick table, or HAProxy cannot be asked. */
  table: tableSchema.optional(),
  /** Undefined when HAProxy does not respond. */
  plan: planSchema.optional(),
  /** Why HAProxy cannot be asked. */
  notResponding: z.string().optional(),
  /** The file that has the rule, and the one that has what is there for all rules. */
  config: z.array(fileSchema),
});

/** A rule: desired and live, how they differ, the plan, conditions, servers, sticky clients, configuration. */
export type RuleView = z.infer<typeof ruleViewSchema>;

/** The connections of a rule's members now; none when HAProxy cannot be asked. */
export const ruleLoadSchema = z.object({
  /** Milliseconds since the epoch. */
  at: count,
  servers: z.array(z.object({ vm: z.string(), connections: count })),
});

/** The connections of a rule's members now; none when HAProxy cannot be asked. */
export type RuleLoad = z.infer<typeof ruleLoadSchema>;
