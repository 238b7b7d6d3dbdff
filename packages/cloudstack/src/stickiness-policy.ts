import { describeIssue, type RuleKey, type Stickiness, stickinessSchema } from '@limpet/contract';
import { CloudStackError } from './errors.ts';
import {
  allStickiness,
  type StickinessCapabilities,
  type StickinessMethodName,
  stickinessMethods,
} from './stickiness-methods.ts';
import { parseExpire, parseTableSize } from './units.ts';

/**
 * The parameters of createLBStickinessPolicy, as name and value; a `Map`, or `Object.entries` of an object. `domain` may
 * come more than once.
 */
export type StickinessParameters = Iterable<readonly [name: string, value: string | undefined]>;

/**
 * A stickiness policy as CloudStack's API gives it. Names of the method and of parameters in any case; defaults are those
 * that CloudStack uses: `200k` and `30m` for SourceBased (its API documents `3h`), 52 characters and `3h` for AppCookie,
 * `insert` for LbCookie, a cookie's name made of the rule's address and port.
 *
 * CloudStack checks little of this, and HAProxy then refuses the configuration of the whole router: an expiry of more than
 * 24 days, a size of `0k` or `400g`, a cookie's name with a blank. Here each is refused alone.
 *
 * @param rule the rule that the policy is for.
 * @param served what the router does; what it does not is refused.
 * @throws CloudStackError `CLOUDSTACK_PARAMETER`; its place is the parameter, or `methodname`.
 */
export function parseStickinessPolicy(
  methodName: string,
  params: StickinessParameters,
  rule: RuleKey,
  served: StickinessCapabilities = allStickiness,
): Stickiness {
  const method = served.methods.find((known) => known.toLowerCase() === methodName.toLowerCase());
  if (!method) {
    throw refused('methodname', `"${methodName}" is not supported; supported are ${served.methods.join(', ')}`);
  }
  const policy = policies[method](parametersOf(method, params), rule);
  const parsed = stickinessSchema.safeParse(policy);
  if (!parsed.success) throw invalid(policy, parsed.error.issues[0]!);
  if (parsed.data.method === 'LbCookie') checkMode(parsed.data, served);
  return parsed.data;
}

/** The name that CloudStack gives a cookie when the user gives none: `lbcooki_1566474130_80`. */
export function defaultCookieName(prefix: 'lbcooki' | 'appcookie', { ip, port }: RuleKey): string {
  return `${prefix}_${javaHash(ip)}_${port}`;
}

type Given = ReadonlyMap<string, readonly string[]>;

const policies: Readonly<Record<StickinessMethodName, (parameters: Given, rule: RuleKey) => object>> = {
  LbCookie: (parameters, rule) => ({
    method: 'LbCookie',
    cookieName: given(parameters, 'cookie-name') ?? defaultCookieName('lbcooki', rule),
    mode: given(parameters, 'mode') ?? 'insert',
    nocache: parameters.has('nocache'),
    indirect: parameters.has('indirect'),
    postonly: parameters.has('postonly'),
    domains: [...(parameters.get('domain') ?? [])],
  }),
  AppCookie: (parameters, rule) => ({
    method: 'AppCookie',
    cookieName: given(parameters, 'cookie-name') ?? defaultCookieName('appcookie', rule),
    length: integer('length', given(parameters, 'length') ?? '52'),
    holdTimeSeconds: holdTime(given(parameters, 'holdtime') ?? '3h'),
    requestLearn: parameters.has('request-learn'),
  }),
  SourceBased: (parameters) => ({
    method: 'SourceBased',
    tableSize: tableSize(given(parameters, 'tablesize') ?? '200k'),
    expireSeconds: expire(given(parameters, 'expire') ?? '30m'),
  }),
};

function parametersOf(method: StickinessMethodName, params: StickinessParameters): Given {
  const { parameters } = stickinessMethods[method];
  const found = new Map<string, string[]>();
  for (const [given, value] of params) {
    const parameter = parameters.find(({ name }) => name === given.toLowerCase());
    if (!parameter) throw refused(given, unknown(method, given.toLowerCase()));
    const { name, flag } = parameter;
    const before = found.get(name);
    if (before && !flag && name !== 'domain') throw refused(name, 'is given twice');
    if (!flag && (value === undefined || value === '')) throw refused(name, 'needs a value');
    found.set(name, [...(before ?? []), value ?? '']);
  }
  return found;
}

function unknown(method: StickinessMethodName, name: string): string {
  if (method === 'AppCookie' && (name === 'prefix' || name === 'mode')) {
    return 'is not supported for AppCookie: HAProxy has not been able to do it since 1.6; leave it out';
  }
  const known = stickinessMethods[method].parameters.map((parameter) => parameter.name).join(', ');
  return `is no parameter of ${method}, which has ${known}`;
}

const given = (parameters: Given, name: string): string | undefined => parameters.get(name)?.[0];

function tableSize(text: string): number {
  const entries = /[kmg]$/.test(text) ? parseTableSize(text) : undefined;
  if (entries === undefined) throw refused('tablesize', `"${text}" is no size such as 200k: a number and k, m or g`);
  return entries;
}

function expire(text: string): number {
  const seconds = parseExpire(text);
  if (seconds === undefined) throw refused('expire', `"${text}" is no time such as 30m: a number and d, h, m or s`);
  return seconds;
}

/** With or without a unit; without it is milliseconds, as in HAProxy. */
function holdTime(text: string): number {
  const seconds = /^\d{1,15}$/.test(text) ? Math.ceil(Number(text) / 1000) : parseExpire(text);
  if (seconds === undefined) {
    throw refused('holdtime', `"${text}" is no time such as 3h: a number and d, h, m or s, or milliseconds`);
  }
  return seconds;
}

function integer(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw refused(name, `"${text}" is not a number`);
  return Number(text);
}

function checkMode(policy: Extract<Stickiness, { method: 'LbCookie' }>, { cookieModes }: StickinessCapabilities): void {
  if (!cookieModes.includes(policy.mode)) {
    throw refused('mode', `"${policy.mode}" is not supported; supported are ${cookieModes.join(', ')}`);
  }
  if (policy.indirect && policy.mode !== 'insert') {
    throw refused('indirect', `goes with mode insert only, and the mode is ${policy.mode}; leave one of them out`);
  }
}

/** Names of a record's fields in CloudStack's words. */
const parameterOf: Readonly<Record<string, string>> = {
  cookieName: 'cookie-name',
  domains: 'domain',
  holdTimeSeconds: 'holdtime',
  tableSize: 'tablesize',
  expireSeconds: 'expire',
};

type Issue = Parameters<typeof describeIssue>[0];

function invalid(policy: object, issue: Issue): CloudStackError {
  const [field = '', index] = issue.path;
  const value: unknown = Reflect.get(policy, field);
  const wrong: unknown = typeof index === 'number' && Array.isArray(value) ? value[index] : value;
  return refused(parameterOf[String(field)] ?? String(field), describeIssue(issue, wrong));
}

function refused(parameter: string, problem: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_PARAMETER', parameter, problem);
}

/** `String.hashCode` of Java. */
function javaHash(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return hash;
}
