/**
 * The scenario file: which groups a router serves, which clients connect to them, and which operations are done meanwhile.
 *
 * @module
 */
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/, 'expected letters, digits and dashes');
const port = z.int().min(1).max(65535);
const ip = z.ipv4();
const stickiness = z.enum(['none', 'SourceBased']);
const algorithm = z.enum(['roundrobin', 'leastconn', 'source']);

const groups = z
  .strictObject({
    name: name.describe('Name of the set; steps select by it.'),
    count: z.int().min(1).max(1000).describe('How many groups, one rule each.'),
    members: z.int().min(1).max(100).describe('VMs of each group.'),
    publicIp: ip,
    publicPort: port.describe("The first group's public port; the others follow."),
    privatePort: port,
    protocol: z.enum(['tcp', 'http']).default('tcp'),
    algorithm: algorithm.default('roundrobin'),
    stickiness: stickiness.default('none'),
    clients: z.int().min(1).max(1000).optional().describe('Clients of each rule, instead of traffic.clientsPerRule.'),
  })
  .describe('A set of like autoscale groups.');

const selector = z
  .strictObject({
    set: name.optional(),
    stickiness: stickiness.optional().describe("The rule's stickiness when the scenario starts."),
    algorithm: algorithm.optional().describe("The rule's algorithm when the scenario starts."),
    skip: z.int().min(0).optional(),
    first: z.int().min(1).optional().describe('At most so many, after `skip`.'),
  })
  .describe('Which groups. An empty selector means all of them.');

const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('disable') }),
  z.strictObject({ op: z.literal('enable') }),
  z
    .strictObject({ op: z.literal('change'), stickiness: stickiness.optional(), algorithm: algorithm.optional() })
    .refine(({ stickiness, algorithm }) => stickiness ?? algorithm, 'a change needs stickiness or algorithm'),
  z.strictObject({
    op: z.literal('scale'),
    by: z
      .int()
      .min(-10)
      .max(10)
      .refine((by) => by !== 0, 'expected +n or -n'),
  }),
  z.strictObject({ op: z.literal('recreateVms') }),
]);

const step = z.strictObject({
  groups: selector,
  do: z.array(operation).min(1).describe('What is done to each selected group, group by group.'),
  repeat: z.int().min(1).max(1000).default(1).describe('How often the whole step is done.'),
});

/** Strict: an unknown key is an error. */
export const scenarioSchema = z.strictObject({
  name,
  title: z.string().min(1).max(200),
  upstream: z
    .string()
    .max(200)
    .optional()
    .describe('The report that the scenario replays, e.g. apache/cloudstack#9583.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  router: z.strictObject({ publicIps: z.array(ip).min(1).max(64) }),
  groups: z.array(groups).min(1),
  traffic: z.strictObject({
    clientsPerRule: z.int().min(2).max(1000),
    connectionsPerClient: z.int().min(2).max(100).describe('Fresh connections of a client in one check.'),
    heldPerClient: z.int().min(0).max(10).describe('Connections that a client keeps open all the time.'),
  }),
  deadlineMs: z
    .int()
    .min(0)
    .max(600_000)
    .describe("How long Limpet's router leaves the held connections of a changed rule before it ends them."),
  graceMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(1000)
    .describe("From leaving the rule to the VM's end: CloudStack's expungevmgraceperiod (120 s there)."),
  inServiceMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(0)
    .describe(
      'How long the router has served before the first step. HAProxy cannot hand its stick tables over in its first 5 s, and a change that needs a reload waits for that.',
    ),
  steps: z.array(step).min(1),
  workaround: z.array(step).optional().describe('Done afterwards, when a change is not in force.'),
});

/** A scenario with all defaults filled in. */
export type Scenario = z.infer<typeof scenarioSchema>;
/** A set of like groups. */
export type GroupSet = Scenario['groups'][number];
/** Which groups a step is about. */
export type Selector = z.infer<typeof selector>;
/** What is done to a group. */
export type Operation = z.infer<typeof operation>;
/** Operations on some groups. */
export type Step = z.infer<typeof step>;

/** The JSON Schema of a scenario file, for editors. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
