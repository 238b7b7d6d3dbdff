import type { RuleRecord } from '@limpet/contract';
import { admits } from './cidr.ts';
import { modeOf } from './mode.ts';

/**
 * What a change of a rule says about connections that are already there. `affinity`: they must be where the stick
 * table sends their client; `everything`: none of them can be told to obey; `servers`, `sources`: those on members that
 * are gone from where they were (`vm ip:port`), and those of clients that are no longer admitted.
 */
export type DrainRule =
  | { kind: 'affinity' }
  | { kind: 'everything'; until: 'hashed' | 'gone' | 'protocol' }
  | { kind: 'servers'; endpoints: readonly string[] }
  | { kind: 'sources'; cidrs: readonly string[] };

/** What a rule promises of two connections of one client: the same member by table or by hash, or nothing. */
export const bindingOf = (rule: RuleRecord): 'table' | 'hash' | 'free' => {
  if (rule.stickiness.method === 'SourceBased') return 'table';
  return rule.algorithm === 'source' ? 'hash' : 'free';
};

/**
 * Members at their addresses, which may have connections: those to a former address are not to this member, and one in
 * maintenance is left alone.
 */
const endpointsOf = ({ members }: RuleRecord): string[] =>
  members.flatMap(({ vm, ip, port, state }) => (state === 'maintenance' ? [] : [`${vm} ${ip}:${port}`]));

/** What the change from `before` to `after` demands of held connections. Pure; undefined: no rule. */
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
 * What is left of an obligation now that the rule is `now`: nobody is sent away for a policy that is gone again, or
 * from a member that is back.
 */
export function stillApplies(drainRule: DrainRule, now: RuleRecord | undefined): DrainRule | undefined {
  if (drainRule.kind === 'everything' && drainRule.until === 'gone') return drainRule;
  if (!now) return undefined; // the removal left an obligation of its own, which covers all others
  switch (drainRule.kind) {
    case 'affinity':
      return bindingOf(now) === 'table' ? drainRule : undefined;
    case 'everything':
      return drainRule.until === 'hashed' && bindingOf(now) !== 'hash' ? undefined : drainRule;
    case 'servers': {
      const back = new Set(endpointsOf(now));
      const endpoints = drainRule.endpoints.filter((each) => !back.has(each));
      return endpoints.length > 0 ? { ...drainRule, endpoints } : undefined;
    }
    case 'sources':
      return now.cidrs.length > 0 ? { ...drainRule, cidrs: now.cidrs } : undefined;
  }
}

/**
 * Only connections that were there at the moment of the change can be under the old policy. Not so for `sources`: those
 * who are not admitted any more come in until the packet filter says so, which is the last step.
 */
export const concernsOldSessionsOnly = ({ kind }: DrainRule): boolean => kind !== 'sources';

/**
 * Whether a held connection breaks what the rule now promises.
 *
 * @param entries where the stick table sends each client: `source address -> server name`.
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
 * Stick-table entries for clients that are here when their rule becomes source-based: each client goes on where most
 * of its connections are, so that as few as possible have to be ended. Pure; ties go to the first server by name.
 *
 * @param serving server names that take new connections.
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
  const favourite = (of: ReadonlyMap<string, number>): string =>
    [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
  return new Map([...counts].map(([source, of]) => [source, favourite(of)]));
}

/** A connection as `show sess` shows it: who, through which rule, to which server. */
export interface ClientSession {
  id: string;
  /** Client address; undefined for a session that did not come over IPv4. */
  source: string | undefined;
  sourcePort: number | undefined;
  proxy: string;
  server: string | undefined;
}
