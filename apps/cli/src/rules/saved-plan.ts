import { createHash } from 'node:crypto';
import { ContractError, haproxySettingsSchema, parse, ruleKeySchema, ruleRecordSchema } from '@limpet/contract';
import type { Source } from '@limpet/operations';
import { RulesError } from '@limpet/operations';
import type { RouterSnapshot } from '@limpet/router';
import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const savedPlanSchema = z.strictObject({
  limpetPlan: z.literal(1),
  /** The router's directory. */
  dir: z.string(),
  /** Digests of the state that the plan was made for. */
  madeFor: z.strictObject({ stored: digest, haproxy: digest, iptables: digest, rules: digest }),
  settings: haproxySettingsSchema,
  rules: z.array(ruleRecordSchema),
  /** Rules that are refused because they cannot be read. */
  unreadable: z.array(z.strictObject({ key: ruleKeySchema, message: z.string() })),
  /** Lines of the file that are not carried out: whoever applies the plan is told so again. */
  notCarriedOut: z.array(z.string()),
});

/**
 * What `limpet plan --out` writes and `limpet apply` takes: the rules, the settings, and digests of the router's state. It has no
 * steps: apply plans again, and refuses a plan that is stale.
 */
export type SavedPlan = z.infer<typeof savedPlanSchema>;

/** The plan to save for what is desired of the router in this state. */
export function savedPlan(
  dir: string,
  snapshot: RouterSnapshot,
  { settings, rules, unreadable, notCarriedOut }: Source,
): SavedPlan {
  const desired = { settings, rules, unreadable, notCarriedOut };
  return { limpetPlan: 1, dir, madeFor: { ...digestsOf(snapshot), rules: sha256(desired) }, ...desired };
}

/**
 * Reads a saved plan.
 *
 * @param source name of the file, for messages
 * @throws RulesError `PLAN_INVALID` that names the field
 */
export function parseSavedPlan(text: string, source: string): SavedPlan {
  const invalid = (problem: string, cause: unknown): RulesError =>
    new RulesError('PLAN_INVALID', [`${source}: ${problem}; make it anew: limpet plan RULES --out ${source}`], {
      cause,
    });
  let plan: SavedPlan;
  try {
    plan = parse(savedPlanSchema, JSON.parse(text), 'plan');
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('is not JSON', error);
    if (error instanceof ContractError) throw invalid(error.message, error);
    throw error;
  }
  const { settings, rules, unreadable, notCarriedOut } = plan;
  if (sha256({ settings, rules, unreadable, notCarriedOut }) !== plan.madeFor.rules) {
    throw invalid('its rules were changed after it was made', undefined);
  }
  return plan;
}

/**
 * Refuses a plan that was made for another router, or for another state of it.
 *
 * @param dir the router's folder
 * @throws RulesError `PLAN_STALE` that says what to do
 */
export function checkPlan(plan: SavedPlan, dir: string, snapshot: RouterSnapshot): void {
  if (plan.dir !== dir) {
    throw new RulesError('PLAN_STALE', [`the plan was made for the router in ${plan.dir}; give --dir ${plan.dir}`]);
  }
  checkFresh(plan, snapshot);
}

/**
 * Refuses a plan that was made for another state of the router.
 *
 * @throws RulesError `PLAN_STALE` that names what has changed
 */
export function checkFresh({ madeFor }: SavedPlan, snapshot: RouterSnapshot): void {
  const now = digestsOf(snapshot);
  const names = { stored: 'the rules that it was given', haproxy: 'what HAProxy runs', iptables: 'its iptables chain' };
  const changed = (['stored', 'haproxy', 'iptables'] as const).filter((part) => now[part] !== madeFor[part]);
  if (changed.length === 0) return;
  const list = changed.map((part) => names[part]).join(', ');
  throw new RulesError('PLAN_STALE', [
    `the router has changed since this plan was made (${list}); make a new one with limpet plan, and look at it`,
  ]);
}

function digestsOf({ certificates, observed, verified, serverIds, settings, wanted }: RouterSnapshot) {
  // What changes by itself is no reason to refuse a plan: a peer comes and goes, members fall ill and get well, certificates expire.
  const { chain, live, unshared: _, members: __, distrusted: ___, ...rest } = observed;
  const haproxy = { ...rest, live: live && withoutWhatChangesByItself(live) };
  return {
    stored: sha256({ wanted, verified, serverIds, certificates, settings }),
    haproxy: sha256(haproxy),
    iptables: sha256(chain),
  };
}

type Live = NonNullable<RouterSnapshot['observed']['live']>;

/** Clients fill frontends, and health checks end, by the second. */
const withoutWhatChangesByItself = ({ full: _, servers, ...live }: Live) => ({
  ...live,
  servers: new Map(
    [...servers].map(([proxy, all]) => [
      proxy,
      new Map([...all].map(([name, { up: _, checked: __, ...server }]) => [name, server])),
    ]),
  ),
});

/** SHA-256 of a value, whatever the order of keys in its objects and maps. */
function sha256(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Map) return sorted([...inner]);
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? sorted(Object.entries(inner)) : inner;
  });
  return createHash('sha256')
    .update(text ?? 'undefined')
    .digest('hex');
}

const sorted = (entries: [unknown, unknown][]): [unknown, unknown][] =>
  entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
