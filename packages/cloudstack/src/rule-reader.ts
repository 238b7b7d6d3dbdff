import {
  type Algorithm,
  type MemberRecord,
  memberRecordSchema,
  type RuleKey,
  type RuleRecord,
  ruleRecordSchema,
  type Stickiness,
  stickinessSchema,
} from '@limpet/contract';
import { checked } from './checked.ts';
import { CloudStackError } from './errors.ts';
import type { ConfigLine } from './lines.ts';
import { vmOfAddress } from './names.ts';
import { type ConfigSection, syntax } from './sections.ts';
import { parseExpire, parseTableSize } from './units.ts';

/** A rule while its lines are read. */
interface Draft {
  key: RuleKey;
  bound: boolean;
  algorithm?: Algorithm;
  http: boolean;
  cidrs: string[];
  rejectsOthers: boolean;
  stickiness?: Stickiness;
  sticks: boolean;
  members: MemberRecord[];
}

/** Reads one `listen IP_WITH_UNDERSCORES-PORT` section. Order of the lines does not matter. */
export function readRule(section: ConfigSection, key: RuleKey): RuleRecord {
  const draft: Draft = { key, bound: false, http: false, cidrs: [], rejectsOthers: false, sticks: false, members: [] };
  for (const line of section.body) readLine(draft, line);
  return finish(draft, section);
}

function readLine(draft: Draft, line: ConfigLine): void {
  const reader = readers.get(line.words[0]!) ?? readFixed;
  reader(draft, line);
}

const readers: ReadonlyMap<string, (draft: Draft, line: ConfigLine) => void> = new Map([
  ['bind', readBind],
  ['balance', readBalance],
  ['server', readServer],
  ['stick-table', readStickTable],
  ['acl', readAcl],
  ['cookie', refuseStickiness],
  ['appsession', refuseStickiness],
  ['timeout', refuseLimit],
  ['maxconn', refuseLimit],
  ['fullconn', refuseLimit],
  ['http-request', refuseSsl],
]);

function refuseStickiness(_: Draft, line: ConfigLine): never {
  throw unsupported(
    line,
    'only stickiness SourceBased is supported so far; change the policy of this rule to SourceBased or delete it',
  );
}

function refuseLimit(_: Draft, line: ConfigLine): never {
  throw unsupported(line, 'limits and timeouts of a single rule are not supported; remove them from the rule');
}

function refuseSsl(_: Draft, line: ConfigLine): never {
  throw unsupported(line, 'SSL offloading is not supported; change the protocol of the rule to tcp');
}

/** Lines that have one form only. */
function readFixed(draft: Draft, line: ConfigLine): void {
  switch (line.words.join(' ')) {
    case 'stick on src':
      draft.sticks = true;
      return;
    case 'mode http':
      draft.http = true;
      return;
    case 'tcp-request connection reject if !network_allowed':
      draft.rejectsOthers = true;
      return;
    case 'option httpclose':
    case 'no option httpclose':
    case 'option http-keep-alive':
      return;
    default:
      throw syntax(line, `"${line.text}" is no line that CloudStack writes for a rule`);
  }
}

function readBind(draft: Draft, line: ConfigLine): void {
  const [, address, ...options] = line.words;
  if (options.length > 0) refuseSsl(draft, line);
  const expected = `${draft.key.ip}:${draft.key.port}`;
  if (address !== expected)
    throw inconsistent(line, `"${line.text}" should be "bind ${expected}", as the section's name says`);
  if (draft.bound) throw inconsistent(line, 'a second bind; a rule listens on one address and port');
  draft.bound = true;
}

function readBalance(draft: Draft, line: ConfigLine): void {
  // Before apache/cloudstack#9698 (September 2024) the algorithm came through as the user had typed it.
  const algorithm = line.words[1]?.toLowerCase();
  if (line.words.length !== 2 || (algorithm !== 'roundrobin' && algorithm !== 'leastconn' && algorithm !== 'source')) {
    throw syntax(line, `"${line.text}" should be balance roundrobin, leastconn or source`);
  }
  if (draft.algorithm) throw inconsistent(line, 'a second balance; a rule has one algorithm');
  draft.algorithm = algorithm;
}

function readServer(draft: Draft, line: ConfigLine): void {
  const [, name, address = '', check, ...options] = line.words;
  if (options.length > 0) {
    throw unsupported(
      line,
      `"${options.join(' ')}" is not supported on a server; change the rule's protocol to tcp and its stickiness to SourceBased or none`,
    );
  }
  const match = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/.exec(address);
  if (!name || !match || check !== 'check')
    throw syntax(line, `"${line.text}" should be "server NAME IPV4:PORT check"`);
  const [, ip, port] = match as unknown as [string, string, string];
  const vm = vmOfAddress(ip);
  if (draft.members.some((member) => member.vm === vm)) {
    throw inconsistent(line, `a second server at ${ip}; a VM can be behind a rule once`);
  }
  draft.members.push(checked(memberRecordSchema, { vm, ip, port: Number(port), state: 'serving' }, line));
}

function readStickTable(draft: Draft, line: ConfigLine): void {
  const match = /^stick-table type ip size (\S+) expire (\S+)$/.exec(line.words.join(' '));
  if (!match) throw syntax(line, `"${line.text}" should be "stick-table type ip size SIZE expire TIME"`);
  if (draft.stickiness) throw inconsistent(line, 'a second stick-table; HAProxy accepts one for a rule');
  const [, size, expire] = match as unknown as [string, string, string];
  const tableSize = parseTableSize(size);
  const expireSeconds = parseExpire(expire);
  if (tableSize === undefined) throw syntax(line, `tablesize "${size}" should be a number of entries such as 200k`);
  if (expireSeconds === undefined) throw syntax(line, `expire "${expire}" should be a time such as 30m`);
  draft.stickiness = checked(stickinessSchema, { method: 'SourceBased', tableSize, expireSeconds }, line);
}

function readAcl(draft: Draft, line: ConfigLine): void {
  const [, name, matcher, ...cidrs] = line.words;
  if (name !== 'network_allowed' || matcher !== 'src' || cidrs.length === 0) {
    throw syntax(line, `"${line.text}" should be "acl network_allowed src CIDR CIDR ..."`);
  }
  for (const cidr of cidrs) {
    if (cidr.includes(',')) {
      // updateLoadBalancerRule joins by commas what createLoadBalancerRule joins by blanks; HAProxy reads blanks only.
      throw syntax(line, `"${cidr}" is joined by commas, which HAProxy refuses; separate the networks by blanks`);
    }
    draft.cidrs.push(cidr.includes('/') ? cidr : `${cidr}/32`);
  }
  checked(ruleRecordSchema.shape.cidrs, draft.cidrs, line);
}

function finish(draft: Draft, section: ConfigSection): RuleRecord {
  const incomplete = (missing: string) => inconsistent(section.opening, `section "${section.name}" has no ${missing}`);
  if (!draft.bound) throw incomplete('bind');
  if (!draft.algorithm) throw incomplete('balance');
  if (draft.sticks && !draft.stickiness) throw incomplete('stick-table for its "stick on src"');
  if (draft.stickiness && !draft.sticks) throw incomplete('"stick on src" for its stick-table');
  if (draft.rejectsOthers && draft.cidrs.length === 0) throw incomplete('acl network_allowed for its tcp-request');
  if (draft.cidrs.length > 0 && !draft.rejectsOthers) throw incomplete('tcp-request for its acl network_allowed');
  return {
    ...draft.key,
    protocol: draft.http ? 'http' : 'tcp',
    algorithm: draft.algorithm,
    cidrs: draft.cidrs,
    stickiness: draft.stickiness ?? { method: 'none' },
    members: draft.members,
  };
}

function unsupported(line: ConfigLine, remedy: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_UNSUPPORTED', line.place, `"${line.text}": ${remedy}`);
}

function inconsistent(line: ConfigLine, problem: string): CloudStackError {
  return new CloudStackError('CLOUDSTACK_CONFIG_INCONSISTENT', line.place, problem);
}
