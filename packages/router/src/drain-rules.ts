import { admits, type RuleRecord } from '@limpet/contract';
import { modeOf } from './mode.ts';

/**
 * Which held connections a change of a rule ends. `affinity`: those on another server than the stick table has for
 * their client. `everything`: all, since none of them can follow the change. `servers`: those to members that have left
 * their endpoint (`vm ip:port`). `sources`: those of clients outside `cidrs`.
 */
export type DrainRule =
  | { kind: 'affinity' }
  | { kind: 'everything'; until: 'hashed' | 'gone' | 'protocol' }
  | { kind: 'servers'; endpoints: readonly string[] }
  | { kind: 'sources'; cidrs: readonly string[] };

/** How a rule binds a client to one member: by stick table, by hash, or not at all (`free`). */
export const bindingOf = (rule: RuleRecord): 'table' | 'hash' | 'free' => {
  if (rule.stickiness.method === 'SourceBased') return 'table';
  return rule.algorithm === 'source' ? 'hash' : 'free';
};

/**
 * Endpoints that may have connections, as `vm ip:port`. The address is part of it, since connections to a member's
 * former address do not count as its own. A member in maintenance may have none.
 */
const endpointsOf = ({ members }: RuleRecord): string[] =>
  members.flatMap(({ vm, ip, port, state }) => (state === 'maintenance' ? [] : [`${vm} ${ip}:${port}`]));

/** The drain rules for the change from `before` to `after`; undefined: no rule. Pure. */
export function drainRulesFor(before: RuleRecord | undefined, after: RuleRecord | undefined): DrainRule[] {
  if (!before) return [];
  if (!after) return [{ kind: 'everything', until: 'gone' }];
  if (before.protocol !== after.protocol || modeOf(before) !== modeOf(after)) {
    return [{ kind: 'everything', until: 'protocol' }];
  }
  const drainRules: DrainRule[] = [];
  const [was, is] = [bindingOf(before), bindingOf(after)];
  if (is === 'table' && was !== 'table') drainRules.push({ kind: 'affinity' });
  if (is === 'hash' && was !== 'hash') drainRules.push({ kind: 'everything', until: 'hashed' });
  const stay = new Set(endpointsOf(after));
  const endpoints = endpointsOf(before).filter((each) => !stay.has(each));
  if (endpoints.length > 0) drainRules.push({ kind: 'servers', endpoints });
  if (after.cidrs.length > 0 && before.cidrs.join() !== after.cidrs.join()) {
    drainRules.push({ kind: 'sources', cidrs: after.cidrs });
  }
  return drainRules;
}

/**
 * The part of a drain rule that still applies to the current version of the rule: a later change may have withdrawn the
 * policy, or brought a member back.
 *
 * @param current undefined: the rule is gone.
 * @returns undefined when nothing of it applies.
 */
export function stillApplies(drainRule: DrainRule, current: RuleRecord | undefined): DrainRule | undefined {
  if (drainRule.kind === 'everything' && drainRule.until === 'gone') return drainRule;
  if (!current) return undefined; // the removal has a drain rule of its own, which covers all others
  switch (drainRule.kind) {
    case 'affinity':
      return bindingOf(current) === 'table' ? drainRule : undefined;
    case 'everything':
      return drainRule.until === 'hashed' && bindingOf(current) !== 'hash' ? undefined : drainRule;
    case 'servers': {
      const present = new Set(endpointsOf(current));
      const endpoints = drainRule.endpoints.filter((each) => !present.has(each));
      return endpoints.length > 0 ? { ...drainRule, endpoints } : undefined;
    }
    case 'sources':
      return current.cidrs.length > 0 ? { ...drainRule, cidrs: current.cidrs } : undefined;
  }
}

/**
 * Whether the drain rule is only about connections that are older than the change. `sources` is not: excluded clients
 * can connect until the packet filter drops them, which is the last step of a change.
 */
export const concernsOldSessionsOnly = ({ kind }: DrainRule): boolean => kind !== 'sources';

/**
 * Whether a held connection has to end.
 *
 * @param entries the stick table: `source address -> server name`.
 */
export function matches(drainRule: DrainRule, session: ClientSession, entries: ReadonlyMap<string, string>): boolean {
  switch (drainRule.kind) {
    case 'affinity':
      return session.source !== undefined && entries.get(session.source) !== session.server;
    case 'everything':
      return true;
    case 'servers':
      return drainRule.endpoints.some((each) => each.startsWith(`${session.server} `));
    case 'sources':
      return session.source !== undefined && !admits(drainRule.cidrs, session.source);
  }
}

/**
 * Stick-table entries for clients that hold connections when their rule becomes source-based. Each client stays on the
 * server with most of its connections, so that as few as possible have to end. Pure; ties go to the first server by
 * name.
 *
 * @param serving names of servers that take new clients.
 * @returns `source address -> server name`.
 */
export function seedEntries(sessions: readonly ClientSession[], serving: ReadonlySet<string>): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { source, server } of sessions) {
    if (source === undefined || server === undefined || !serving.has(server)) continue;
    const of = counts.get(source) ?? new Map<string, number>();
    of.set(server, (of.get(server) ?? 0) + 1);
    counts.set(source, of);
  }
  const busiestServer = (of: ReadonlyMap<string, number>): string =>
    [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
  return new Map([...counts].map(([source, of]) => [source, busiestServer(of)]));
}

/** A connection as `show sess` shows it: its client, proxy and server. */
export interface ClientSession {
  id: string;
  /** Client address; undefined for a session that did not come over IPv4. */
  source: string | undefined;
  sourcePort: number | undefined;
  proxy: string;
  server: string | undefined;
}
