import type { DesiredRule } from '../../desired.ts';
import { proxyName, ruleId } from '../../names.ts';
import type { ProxySpec, ServerSpec } from '../config/proxy-spec.ts';
import type { ServerIds } from '../config/server-ids.ts';
import type { RouterSettings } from '../config/settings.ts';
import type { LiveServer, LiveState } from '../runtime/live-state.ts';

const serverOf = ({ name, id, ip, port, weight, maintenance }: ServerSpec): [string, LiveServer] => [
  name,
  { name, id, ip, port, weight, maintenance, checking: true, checked: true, up: true },
];

/** The live state of a HAProxy that was given these rules. */
export const assumedLiveState = (
  rules: readonly ProxySpec[],
  configHash: string,
  settings: RouterSettings,
): LiveState => ({
  configHash,
  servers: new Map(rules.map(({ proxy, servers }) => [proxy, new Map(servers.map(serverOf))])),
  stick: new Map(rules.map(({ proxy, stick }) => [proxy, stick])),
  maxConnections: new Map(rules.map(({ proxy, rule }) => [proxy, rule.maxConnections ?? settings.maxConnections])),
  full: new Set(),
  frontends: new Map(rules.map(({ proxy }) => [proxy, 'OPEN'])),
  certificates: new Map(),
});

/** The ids that the servers of these rules have in the live state. */
export function serverIdsOf(live: LiveState | undefined, rules: readonly DesiredRule[]): ServerIds {
  const ids: ServerIds['ids'] = {};
  let next = 1;
  for (const { rule } of rules) {
    const servers = [...(live?.servers.get(proxyName(rule))?.values() ?? [])];
    ids[ruleId(rule)] = Object.fromEntries(servers.map(({ name, id }) => [name, id]));
    next = Math.max(next, ...servers.map(({ id }) => id + 1));
  }
  return { next, ids };
}
