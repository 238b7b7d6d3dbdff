import type { Wanted } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { RuleLayout, ServerLayout } from '../config/proxy-spec.ts';
import type { ServerIds } from '../config/server-ids.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { LiveProxy, LiveServer } from '../runtime/live-state.ts';

const serverOf = ({ name, id, ip, port, weight, maintenance }: ServerLayout): [string, LiveServer] => [
  name,
  { name, id, ip, port, weight, maintenance, checking: true },
];

/** What HAProxy would say of itself, had it been given these rules. */
export const liveOf = (rules: readonly RuleLayout[], mark: string, settings: RouterSettings): LiveProxy => ({
  mark,
  servers: new Map(rules.map(({ proxy, servers }) => [proxy, new Map(servers.map(serverOf))])),
  stick: new Map(rules.map(({ proxy, stick }) => [proxy, stick])),
  maxConnections: new Map(rules.map(({ proxy, rule }) => [proxy, rule.maxConnections ?? settings.maxConnections])),
  frontends: new Map(rules.map(({ proxy }) => [proxy, 'OPEN'])),
  certificates: new Map(),
});

/** The ids that the servers of these rules have in HAProxy. */
export function serverIdsOf(live: LiveProxy | undefined, rules: readonly Wanted[]): ServerIds {
  const ids: ServerIds['ids'] = {};
  let next = 1;
  for (const { rule } of rules) {
    const servers = [...(live?.servers.get(proxyName(rule))?.values() ?? [])];
    ids[ruleId(rule)] = Object.fromEntries(servers.map(({ name, id }) => [name, id]));
    next = Math.max(next, ...servers.map(({ id }) => id + 1));
  }
  return { next, ids };
}
