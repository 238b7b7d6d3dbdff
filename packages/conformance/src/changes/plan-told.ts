/**
 * What `limpet plan` must say of a change, derived from the rules before and after it.
 *
 * @module
 */
import { canonicalRule, type RuleRecord } from '@limpet/contract';
import type { Capabilities } from '@limpet/haproxy';
import { describeExplanation, type PlanExplanation, type RuleExplanation, ruleId } from '@limpet/router';
import { clientProtocol } from '../concretize/client-protocol.ts';
import type { Difference } from '../oracle/compare.ts';

/** The rules before and after a change. */
export interface ToldChange {
  readonly before: readonly RuleRecord[];
  readonly after: readonly RuleRecord[];
  /** Milliseconds that clients get to leave by themselves. */
  readonly drainDeadlineMs: number;
  /** HAProxy runs. */
  readonly isRunning: boolean;
  readonly haproxy: Capabilities;
}

/** Compares a plan with what it must say. */
export function planTold(plan: PlanExplanation, change: ToldChange): Difference[] {
  const [was, is] = [change.before, change.after].map(
    (rules) => new Map(rules.map((rule) => [ruleId(rule), canonicalRule(rule)])),
  );
  const wanted = [...new Set([...was!.keys(), ...is!.keys()])]
    .sort()
    .map((id) => ruleTold(id, was!.get(id), is!.get(id), change));
  const found: Difference[] = [];
  const compare = (of: string, expected: unknown, observed: unknown) => {
    const [one, other] = [JSON.stringify(expected), JSON.stringify(observed)];
    if (one !== other) found.push({ check: 'plan', of, expected: one, observed: other });
  };
  compare(
    'the rules',
    wanted.map(({ rule }) => rule),
    plan.rules.map(({ rule }) => rule),
  );
  for (const [at, { blamed, ...told }] of wanted.entries()) {
    const said = plan.rules[at];
    if (said === undefined) break;
    const action = told.action === 'none' && said.steps.length > 0 ? 'update' : told.action;
    compare(
      told.rule,
      { ...told, action },
      { rule: said.rule, action: said.action, changes: linesOf(said), disturbs: said.disturbs },
    );
    if (change.isRunning) compare(`the reload of ${told.rule}`, true, blamed(said.reload));
    else compare(`the reload of ${told.rule}`, null, said.reload);
  }
  const counts = { create: 0, update: 0, delete: 0, none: 0 };
  for (const { action } of plan.rules) counts[action] += 1;
  compare('the counts', counts, plan.summary);
  compare('the reload', reloadTold(plan, change), plan.reload);
  const closes =
    change.isRunning && plan.reload !== null && change.before.some((rule) => clientProtocol(rule) === 'http');
  compare('whom the reload disturbs', closes ? [IDLE] : [], plan.disturbs);
  compare('the text', textOf(plan), describeExplanation(plan));
  return found;
}

const IDLE = 'idle HTTP connections of every rule are closed; their clients open new ones';

type RuleTold = Pick<RuleExplanation, 'rule' | 'action'> & {
  changes: string[];
  disturbs: string[];
  /** Whether this can be the reason of a reload. */
  blamed(reload: string | null): boolean;
};

const linesOf = ({ changes }: RuleExplanation): string[] =>
  changes.map(({ field, from, to }) => `${field} ${JSON.stringify(from)} ${JSON.stringify(to)}`).sort();

function ruleTold(rule: string, was: RuleRecord | undefined, is: RuleRecord | undefined, change: ToldChange): RuleTold {
  const [before, after] = [fieldsOf(was, is), fieldsOf(is, was)];
  const fields = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  const action = was === undefined ? 'create' : is === undefined ? 'delete' : fields.length > 0 ? 'update' : 'none';
  return {
    rule,
    action,
    changes: fields.map((name) => `${name} ${before.get(name) ?? 'null'} ${after.get(name) ?? 'null'}`).sort(),
    disturbs: change.isRunning ? disturbed(was, is, change.drainDeadlineMs) : [],
    blamed: (reload) =>
      isToBlame(
        action,
        fields.filter((field) => isFixed(field, [was, is], change.haproxy)),
        reload,
      ) || isForServers(reload, fields, is, change.haproxy),
  };
}

/**
 * Whether the file alone can say it: of members only those with a cookie, before or after, which HAProxy takes up to 2.9
 * from nowhere else.
 */
function isFixed(field: string, versions: readonly (RuleRecord | undefined)[], { supported }: Capabilities): boolean {
  const hasCookies = versions.some((rule) => rule?.stickiness.method === 'LbCookie');
  return !field.startsWith('members.') || (hasCookies && !supported.has('dynamicServerCookies'));
}

/** Whether HAProxy has to read the file for a member that has changed: a new one, or one whose cookie names its address. */
function isForServers(
  reload: string | null,
  fields: readonly string[],
  rule: RuleRecord | undefined,
  { supported, version }: Capabilities,
): boolean {
  const [, vm, isNew, lack = ''] =
    /^server (\S+) of \S+ (?:(is new), and (.*)|moves, and .*)$/.exec(reload ?? '') ?? [];
  if (vm === undefined || !fields.some((field) => field.startsWith(`members.${vm}`))) return false;
  return isNew === undefined
    ? rule?.stickiness.method === 'LbCookie'
    : !supported.has('dynamicServers') && lack.startsWith(`HAProxy ${version.text} has no "add server"`);
}

/** Names fields of the rule that have changed, and all of them where one alone can be the reason. */
function isToBlame(action: RuleExplanation['action'], fields: readonly string[], reload: string | null): boolean {
  if (action === 'create') return reload === 'the rule is new: HAProxy binds addresses when it reads its configuration';
  if (action === 'delete')
    return reload === 'the rule goes: HAProxy gives addresses up when it reads its configuration';
  if (reload === null) return true;
  const named = /^fixed when HAProxy reads its configuration: (.+)$/.exec(reload)?.[1]?.split(', ') ?? [];
  const isOne = new Set(fields.map((field) => field.split('.')[0])).size === 1;
  return (
    named.length > 0 && named.every((field) => fields.includes(field)) && (!isOne || named.length === fields.length)
  );
}

/** Values by path. A member that the other version lacks is one value. */
function fieldsOf(rule: RuleRecord | undefined, other: RuleRecord | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (typeof value !== 'object' || Array.isArray(value)) found.set(path, JSON.stringify(value));
    else for (const [key, inner] of Object.entries(value!)) add(`${path}.${key}`, inner);
  };
  if (rule === undefined) return found;
  const { ip: _, port: __, members, ...fields } = rule;
  for (const [name, value] of Object.entries(fields)) add(name, value);
  for (const { vm, ...values } of members)
    if (other?.members.some((member) => member.vm === vm)) add(`members.${vm}`, values);
    else found.set(`members.${vm}`, JSON.stringify(values));
  return found;
}

/** The connections and clients that a change disturbs. */
function disturbed(was: RuleRecord | undefined, is: RuleRecord | undefined, drainDeadlineMs: number): string[] {
  const end = `end after ${drainDeadlineMs / 1000} s at the latest`;
  if (was === undefined) return [];
  if (is === undefined) return [`all held connections ${end}: the rule goes`];
  const told: string[] = [];
  const isSpokenAnew = was.protocol !== is.protocol || clientProtocol(was) !== clientProtocol(is);
  if (isSpokenAnew) told.push(`all held connections ${end}: they speak the former protocol`);
  else told.push(...drained(was, is, end));
  const { method } = was.stickiness;
  if (method !== 'none' && knowsBy(was) !== knowsBy(is))
    told.push(`clients that were bound by ${method} are balanced anew`);
  return told;
}

function drained(was: RuleRecord, is: RuleRecord, end: string): string[] {
  const isBound = ({ stickiness }: RuleRecord) => stickiness.method === 'SourceBased';
  const isHashed = (rule: RuleRecord) => !isBound(rule) && rule.algorithm === 'source';
  const gone = was.members.filter(({ vm, ip, port, state }) => {
    const now = is.members.find((member) => member.vm === vm);
    return state !== 'maintenance' && (now?.ip !== ip || now.port !== port || now.state === 'maintenance');
  });
  const narrowed = is.cidrs.length > 0 && is.cidrs.join() !== was.cidrs.join();
  return [
    ...(isBound(is) && !isBound(was)
      ? [`held connections of clients that are not where the stick table sends them ${end}`]
      : []),
    ...(isHashed(is) && !isHashed(was)
      ? [`all held connections ${end}: their clients may be hashed to another member`]
      : []),
    ...(gone.length > 0 ? [`held connections to ${gone.map(({ vm }) => vm).join(', ')} ${end}`] : []),
    ...(narrowed ? [`held connections from outside ${is.cidrs.join(', ')} ${end}`] : []),
  ];
}

function knowsBy({ stickiness }: RuleRecord): string {
  if (!('cookieName' in stickiness)) return stickiness.method;
  const length = stickiness.method === 'AppCookie' ? stickiness.length : 0;
  return `${stickiness.method} ${stickiness.cookieName} ${length}`;
}

/** The reason of the whole reload, of those of its rules. */
function reloadTold({ rules, reload }: PlanExplanation, { isRunning }: ToldChange): string | null {
  if (!isRunning) return 'HAProxy is not running; it is started';
  const [first, ...others] = rules.filter((rule) => rule.reload !== null);
  if (first === undefined) return reload === null ? null : reload;
  return others.length === 0 ? `${first.rule}: ${first.reload}` : `${others.length + 1} rules need one reload together`;
}

const SIGNS = { create: '+', update: '~', delete: '-', none: '' } as const;
const VERBS = { create: 'will be created', update: 'will be changed', delete: 'will be removed', none: '' } as const;

/** A plan as text: a paragraph for each rule that changes, and the counts. */
function textOf({ rules, reload, disturbs, summary }: PlanExplanation): string {
  const show = (value: unknown) => (value === null ? '(not set)' : JSON.stringify(value));
  const paragraphs = rules
    .filter(({ action }) => action !== 'none')
    .map((rule) =>
      [
        `${SIGNS[rule.action]} ${rule.rule} ${VERBS[rule.action]}`,
        ...(rule.action === 'delete' ? [] : rule.changes).map(({ field, from, to }) =>
          rule.action === 'create' ? `    ${field} = ${show(to)}` : `    ${field}: ${show(from)} -> ${show(to)}`,
        ),
        ...rule.steps.map((step) => `    at run time: ${step}`),
        ...(rule.reload === null ? [] : [`    needs a reload: ${rule.reload}`]),
        ...rule.disturbs.map((whom) => `    disturbs: ${whom}`),
        '',
      ].join('\n'),
    );
  const { create, update, delete: remove, none } = summary;
  const last = [
    `Plan: ${create} to create, ${update} to change, ${remove} to remove, ${none} unchanged.`,
    reload === null ? 'No reload.' : `Reload: ${reload}.`,
    ...disturbs.map((whom) => `It disturbs: ${whom}.`),
    '',
  ];
  return [...paragraphs, last.join('\n')].join('\n');
}
