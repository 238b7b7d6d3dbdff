import { type Stickiness, sourceBasedSchema, stickinessSchema } from '@limpet/contract';
import { parseExpire, parseTableSize } from '../units.ts';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import { type Draft, inconsistent, unsupported } from './rule-draft.ts';
import { type ConfigSection, syntax } from './sections.ts';

/** `cookie NAME MODE [indirect] [nocache] [postonly] [domain D]...` */
export function readCookie(draft: Draft, line: ConfigLine): void {
  const [, cookieName, mode, ...words] = line.words;
  const options = { indirect: false, nocache: false, postonly: false };
  const domains: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === 'domain' && words[at + 1] !== undefined) domains.push(words[++at]!);
    else if (word === 'indirect' || word === 'nocache' || word === 'postonly') options[word] = true;
    else throw syntax(line, `"${word}" is no option that CloudStack writes for a cookie`);
  }
  setCookies(draft, line, { method: 'LbCookie', cookieName, mode, ...options, domains });
}

/** `appsession NAME len LENGTH timeout TIME [request-learn]`: AppCookie as CloudStack writes it, which HAProxy refuses. */
export function readAppSession(draft: Draft, line: ConfigLine): void {
  const match = /^appsession (\S+) len (\d{1,9}) timeout (\S+)((?: (?:prefix|request-learn|mode \S+))*)$/.exec(
    line.words.join(' '),
  );
  if (!match) throw syntax(line, `"${line.text}" should be "appsession NAME len LENGTH timeout TIME [request-learn]"`);
  const [, cookieName, length, time, options] = match as unknown as [string, string, string, string, string];
  for (const parameter of ['prefix', 'mode']) {
    if (!options.includes(` ${parameter}`)) continue;
    throw unsupported(
      line,
      `parameter "${parameter}" of AppCookie is not supported, since HAProxy has none since 1.6; remove it from the policy`,
    );
  }
  setCookies(draft, line, {
    method: 'AppCookie',
    cookieName,
    length: Number(length),
    holdTimeSeconds: seconds(line, 'holdtime', time),
    requestLearn: options.includes(' request-learn'),
  });
}

function setCookies(draft: Draft, line: ConfigLine, value: unknown): void {
  if (draft.cookies) throw inconsistent(line, 'a second cookie; a rule has one stickiness policy');
  draft.cookies = checked(stickinessSchema, value, line);
}

/** `stick-table type ip size N expire TIME`, or `type string len LENGTH` in its place. */
export function readStickTable(draft: Draft, line: ConfigLine): void {
  const match = /^stick-table type (?:ip|string len (\d{1,9})) size (\S+) expire (\S+)$/.exec(line.words.join(' '));
  if (!match) {
    throw syntax(
      line,
      `"${line.text}" should be "stick-table type ip size SIZE expire TIME", or with "type string len LENGTH"`,
    );
  }
  if (draft.table) throw inconsistent(line, 'a second stick-table; HAProxy accepts one for a rule');
  const [, length, size, expire] = match as unknown as [string, string | undefined, string, string];
  const tableSize = parseTableSize(size);
  if (tableSize === undefined) throw syntax(line, `tablesize "${size}" should be a number of entries such as 200k`);
  const expireSeconds = seconds(line, 'expire', expire);
  draft.table =
    length === undefined
      ? {
          type: 'ip',
          line,
          policy: checked(sourceBasedSchema, { method: 'SourceBased', tableSize, expireSeconds }, line),
        }
      : { type: 'string', line, length: Number(length), expireSeconds };
}

function seconds(line: ConfigLine, what: string, time: string): number {
  const parsed = parseExpire(time);
  if (parsed === undefined) throw syntax(line, `${what} "${time}" should be a time such as 30m`);
  return parsed;
}

const stickOnCookie = /^(match req|store-response res|store-request req)\.cook\(([^()\s]+)\)$/;

/** `stick on src`, or `stick match|store-response|store-request` of a cookie. */
export function readStick(draft: Draft, line: ConfigLine): void {
  const rule = line.words.slice(1).join(' ');
  if (rule !== 'on src' && !stickOnCookie.test(rule)) {
    throw syntax(line, `"${line.text}" is no line that CloudStack writes for a rule`);
  }
  draft.sticks.push(rule);
}

/** What the rule's lines say of stickiness, together. */
export function stickinessOf({ cookies, table, sticks }: Draft, { name, opening }: ConfigSection): Stickiness {
  if (!table) {
    if (sticks.length === 0) return cookies ?? { method: 'none' };
    throw inconsistent(opening, `section "${name}" has no stick-table for its "stick ${sticks[0]}"`);
  }
  if (cookies) throw inconsistent(table.line, 'a stick-table beside a cookie; a rule has one stickiness policy');
  if (table.type === 'ip') {
    if (sticks.join() === 'on src') return table.policy;
    throw inconsistent(table.line, `section "${name}" has no "stick on src", and nothing else, for its stick-table`);
  }
  const kinds = new Set(sticks.map((stick) => stick.split(' ')[0]));
  const [cookieName, ...others] = new Set(sticks.map((stick) => stickOnCookie.exec(stick)?.[2]));
  if (others.length > 0 || !kinds.has('match') || !kinds.has('store-response') || kinds.size !== sticks.length) {
    throw inconsistent(
      table.line,
      `section "${name}" should have one "stick match req.cook(NAME)" and one "stick store-response res.cook(NAME)" for its stick-table`,
    );
  }
  const policy = {
    method: 'AppCookie',
    cookieName,
    length: table.length,
    holdTimeSeconds: table.expireSeconds,
    requestLearn: kinds.has('store-request'),
  };
  return checked(stickinessSchema, policy, table.line);
}
