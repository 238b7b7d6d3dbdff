import { ruleRecordSchema, type Timeouts, timeoutsSchema } from '@limpet/contract';
import { parseTimeout } from '../units.ts';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import { type Draft, inconsistent, unsupported } from './rule-draft.ts';
import { syntax } from './sections.ts';

const fields: ReadonlyMap<string, keyof Timeouts> = new Map([
  ['connect', 'connectMs'],
  ['client', 'clientMs'],
  ['server', 'serverMs'],
]);

/** `timeout connect|client|server TIME` of a single rule; CloudStack 4.19.1 has them for the router only. */
export function readTimeout(draft: Draft, line: ConfigLine): void {
  const [, kind = '', time = '', ...rest] = line.words;
  const field = fields.get(kind);
  const milliseconds = parseTimeout(time);
  if (field === undefined || milliseconds === undefined || rest.length > 0) {
    throw syntax(line, `"${line.text}" should be "timeout connect|client|server TIME", in milliseconds or with a unit`);
  }
  if (draft.timeouts[field] !== undefined) throw inconsistent(line, `a second "timeout ${kind}"`);
  draft.timeouts = checked(timeoutsSchema, { ...draft.timeouts, [field]: milliseconds }, line);
}

/** `maxconn N` of a single rule. */
export function readMaxconn(draft: Draft, line: ConfigLine): void {
  const [, count = '', ...rest] = line.words;
  if (!/^\d{1,9}$/.test(count) || rest.length > 0) throw syntax(line, `"${line.text}" should be "maxconn NUMBER"`);
  if (draft.maxConnections !== undefined) throw inconsistent(line, 'a second maxconn');
  draft.maxConnections = checked(ruleRecordSchema.shape.maxConnections, Number(count), line)!;
}

/**
 * `fullconn N`, which no rule record can say.
 *
 * @throws CloudStackError `CLOUDSTACK_CONFIG_UNSUPPORTED`, always.
 */
export function refuseFullconn(_: Draft, line: ConfigLine): never {
  throw unsupported(line, '"fullconn" is not supported; remove it from the rule');
}
