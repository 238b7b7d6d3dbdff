import { describeIssue, dotted, valueAt } from '@limpet/contract';
import { z } from 'zod';
import { CloudStackError } from './errors.ts';

/** A list of texts. What is none is named once: a list of a million would have a million mistakes. */
const texts = z.array(z.unknown()).superRefine((items, context) => {
  const wrong = items.findIndex((item) => typeof item !== 'string');
  if (wrong === -1) return;
  context.addIssue({ code: 'invalid_type', expected: 'string', input: items[wrong], path: [wrong] });
}) as unknown as z.ZodType<string[]>;

const isBlank = (element: unknown): boolean => typeof element === 'string' && element.trim() === '';

/**
 * What the management server sends for a router's load balancer (CloudStack's `LoadBalancerRule`, written by Gson with
 * lower case names). Loose: later versions have `ssl_certs`, `is_transparent` and `network_cidr` as well.
 */
const loadBalancerConfigSchema = z.looseObject({
  /**
   * Elements of the new haproxy.cfg; one may hold several lines. Without rules it still has a section `global`, so that an
   * empty one is a databag that was damaged, and no wish to remove every rule.
   */
  configuration: texts.refine((elements: readonly unknown[]) => elements.some((element) => !isBlank(element)), {
    error: 'expected the lines that CloudStack writes also without rules, got none',
  }),
  tmp_cfg_file_path: z.string(),
  tmp_cfg_file_name: z.string(),
  /** `ip:port:` of each published rule. */
  add_rules: texts,
  /** `ip:port:` of each rule that goes with this command. */
  remove_rules: texts,
  /** `ip:port:cidrs:,` of the statistics listener; one empty string when it is disabled. */
  stat_rules: texts,
  router_ip: z.string(),
});

/** The router reads the first entry and no other (CsLoadBalancer.process takes `config[0]`). */
const first = z.tuple([loadBalancerConfigSchema], z.unknown());

const queueFileSchema = z.looseObject({
  rules: first,
  type: z.literal('loadbalancer'),
});
const storedSchema = z.looseObject({
  config: first,
  id: z.literal('loadbalancer'),
});

/** The configuration of all load balancer rules of one router, as a databag carries it. */
export type LoadBalancerConfig = z.infer<typeof loadBalancerConfigSchema>;

/** `load_balancer.json.<uuid>`, as the management server drops it into the router's queue. */
export interface QueueFile {
  rules: LoadBalancerConfig[];
  type: 'loadbalancer';
}

/** `/etc/cloudstack/loadbalancer.json`, as the router keeps it. */
export interface StoredDatabag {
  config: LoadBalancerConfig[];
  id: 'loadbalancer';
}

/** Either file, parsed. */
export interface LoadBalancerDatabag {
  /** The key under which the file holds its list: `rules` in a queue file, `config` in the stored databag. */
  list: 'rules' | 'config';
  /** The entry that the router reads. */
  config: LoadBalancerConfig;
  /** Places of what the router does not read: further entries (`rules[1]`), and keys that CloudStack does not write. */
  unread: readonly string[];
}

/**
 * Reads a queue file `{"rules":[...],"type":"loadbalancer"}` or a stored databag `{"config":[...],"id":"loadbalancer"}`.
 * @throws CloudStackError that names the place.
 */
export function parseDatabag(text: string): LoadBalancerDatabag {
  const json = parseJson(text);
  if (typeof json === 'object' && json !== null && 'config' in json) {
    const stored = checked(storedSchema, json);
    return { list: 'config', config: stored.config[0], unread: unreadOf(stored, 'config', ['id']) };
  }
  const queued = checked(queueFileSchema, json);
  // The script that reads the queue deletes the file then (update_config.py); it says nothing of rules.
  const others = ['type', 'delete_from_processed_cache'];
  return { list: 'rules', config: queued.rules[0], unread: unreadOf(queued, 'rules', others) };
}

const unreadOf = <L extends string>(file: Record<L, unknown[]>, list: L, others: readonly string[]): string[] => [
  ...file[list].slice(1).map((_, at) => `${list}[${at + 1}]`),
  ...Object.keys(file).filter((key) => key !== list && !others.includes(key)),
];

function checked<T>(schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new CloudStackError(
    'CLOUDSTACK_DATABAG_SHAPE',
    issue.path.length === 0 ? 'databag' : dotted(issue.path),
    `${describeIssue(issue, valueAt(json, issue.path))}; a databag is a load balancer queue file {"rules":[...],"type":"loadbalancer"} or the stored {"config":[...],"id":"loadbalancer"}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CloudStackError('CLOUDSTACK_DATABAG_NOT_JSON', 'databag', `not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
