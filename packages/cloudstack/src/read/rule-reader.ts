import { type Protocol, type RuleKey, type RuleRecord, ruleRecordSchema } from '@limpet/contract';
import { checked } from './checked.ts';
import type { ConfigLine } from './lines.ts';
import { readBind } from './read-bind.ts';
import { readMaxconn, readTimeout, refuseFullconn } from './read-limits.ts';
import { readServer } from './read-server.ts';
import { readAppSession, readCookie, readStick, readStickTable, stickinessOf } from './read-stickiness.ts';
import { type Draft, emptyDraft, inconsistent, unsupported } from './rule-draft.ts';
import { type ConfigSection, syntax } from './sections.ts';

/**
 * Reads one `listen IP_WITH_UNDERSCORES-PORT` section. Order of the lines does not matter.
 *
 * @param keepAlive whether connections are kept where the section does not say so
 * @throws CloudStackError that names the line and the remedy.
 */
export function readRule(section: ConfigSection, key: RuleKey, keepAlive: boolean): RuleRecord {
  const { kind, opening } = section;
  if (kind !== 'listen') {
    throw unsupported(opening, "transparent load balancing is not supported; switch the rule's transparent mode off");
  }
  if (opening.words.length !== 2) {
    throw syntax(opening, `"${opening.text}" should be "listen NAME", with a line "bind" of its own`);
  }
  const draft = emptyDraft(key);
  for (const line of section.body) {
    const reader = readers.get(line.words[0]!) ?? readFixed;
    reader(draft, line);
  }
  return finish({ keepAlive, ...draft }, section);
}

const readers: ReadonlyMap<string, (draft: Draft, line: ConfigLine) => void> = new Map([
  ['bind', readBind],
  ['balance', readBalance],
  ['server', readServer],
  ['cookie', readCookie],
  ['appsession', readAppSession],
  ['stick-table', readStickTable],
  ['stick', readStick],
  ['acl', readAcl],
  ['timeout', readTimeout],
  ['maxconn', readMaxconn],
  ['fullconn', refuseFullconn],
  ['source', refuseTransparent],
]);

function refuseTransparent(_: Draft, line: ConfigLine): never {
  throw unsupported(line, "transparent load balancing is not supported; switch the rule's transparent mode off");
}

/** Lines that have one form only. */
function readFixed(draft: Draft, line: ConfigLine): void {
  switch (line.words.join(' ')) {
    case 'mode http':
      draft.http = true;
      return;
    case 'tcp-request connection reject if !network_allowed':
      draft.rejectsOthers = true;
      return;
    case 'http-request add-header X-Forwarded-Proto https':
      draft.forwardedHttps = true;
      return;
    case 'option httpclose':
      draft.keepAlive = false;
      return;
    case 'no option httpclose':
    case 'no option forceclose':
    case 'option http-keep-alive':
      draft.keepAlive = true;
      return;
    default:
      throw syntax(line, `"${line.text}" is no line that CloudStack writes for a rule`);
  }
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
  const { opening } = section;
  const incomplete = (missing: string) => inconsistent(opening, `section "${section.name}" has no ${missing}`);
  if (!draft.bound) throw incomplete('bind');
  if (!draft.algorithm) throw incomplete('balance');
  if (draft.rejectsOthers && draft.cidrs.length === 0) throw incomplete('acl network_allowed for its tcp-request');
  if (draft.cidrs.length > 0 && !draft.rejectsOthers) throw incomplete('tcp-request for its acl network_allowed');
  const stickiness = stickinessOf(draft, section);
  const byCookie = stickiness.method === 'LbCookie' || stickiness.method === 'AppCookie';
  for (const { cookie, line } of draft.servers) {
    // The stick table of AppCookie needs none, but CloudStack writes it.
    if (cookie !== undefined && !byCookie)
      throw inconsistent(line, `"${line.text}" has a cookie, and the rule has none`);
    if (cookie === undefined && stickiness.method === 'LbCookie') {
      throw inconsistent(line, `"${line.text}" has no cookie, so that no client could stick to it`);
    }
  }
  if (byCookie && !draft.http) throw incomplete('"mode http" for its cookie');
  return {
    ...draft.key,
    protocol: protocolOf(draft, opening),
    algorithm: draft.algorithm,
    cidrs: draft.cidrs,
    stickiness,
    ...(draft.certificate !== undefined && { certificate: draft.certificate }),
    ...(draft.tls !== undefined && { tls: draft.tls }),
    ...(Object.keys(draft.timeouts).length > 0 && { timeouts: draft.timeouts }),
    ...(draft.maxConnections !== undefined && { maxConnections: draft.maxConnections }),
    ...(draft.http && draft.keepAlive !== undefined && { keepAlive: draft.keepAlive }),
    members: draft.servers.map(({ member }) => member),
  };
}

/** With a cookie `mode http` says nothing of the protocol, and http is what the rule is treated as. */
function protocolOf({ certificate, forwardedHttps, http, servers }: Draft, opening: ConfigLine): Protocol {
  const proxied = servers.filter(({ sendProxy }) => sendProxy);
  if (proxied.length > 0 && proxied.length < servers.length) {
    throw inconsistent(opening, 'some servers have "send-proxy" and some have not; it is the protocol of the rule');
  }
  if (forwardedHttps && certificate === undefined) {
    throw inconsistent(opening, 'X-Forwarded-Proto says https, and the bind has no "ssl crt FILE"');
  }
  if (certificate !== undefined) {
    if (proxied.length > 0) throw inconsistent(opening, '"ssl" on the bind and "send-proxy": a rule has one protocol');
    return 'ssl';
  }
  if (proxied.length > 0) return 'tcp-proxy';
  return http ? 'http' : 'tcp';
}
